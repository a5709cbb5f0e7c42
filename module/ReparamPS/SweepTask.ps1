# A task of a sweep's job array. The scheduler starts it.
param(
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $Job,
    [string] $Prefix
)
Import-Module "$PSScriptRoot/ReparamPS.psd1"
[ReparamPS.Cmdlets.Sweeps.SweepWorkerProcess]::RunTask($Path, $Job, $Prefix)
