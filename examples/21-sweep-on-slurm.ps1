<#
.SYNOPSIS
    The sweep of example 20 on a Slurm cluster: only one parameter differs.
.DESCRIPTION
    Run it on a machine with sbatch. The folder and the module must be on a file system that all nodes share. You may close the shell: started again, the script waits for the remaining runs.
.PARAMETER OutPath
    The folder for the sweep and the results.
#>
param([string] $OutPath = 'sweep-on-slurm')
& "$PSScriptRoot/20-sweep-latent-beta.ps1" -Engine Slurm -OutPath $OutPath
