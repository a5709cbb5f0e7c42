<#
.SYNOPSIS
    The sweep of example 20 on a Slurm cluster: one parameter is another.
.DESCRIPTION
    Run it where sbatch works and in a folder that the nodes share, as the module has to be. The shell may go away meanwhile: started again, the script waits for the runs that are left.
.PARAMETER OutPath
    The folder for the sweep and the results.
#>
param([string] $OutPath = 'sweep-on-slurm')
& "$PSScriptRoot/20-sweep-latent-beta.ps1" -Engine Slurm -OutPath $OutPath
