# The worker process of a sweep. A coordinator starts it and gives it the ends of two pipes.
param(
    [Parameter(Mandatory)] [string] $Path,
    [Parameter(Mandatory)] [string] $Requests,
    [Parameter(Mandatory)] [string] $Replies,
    [Parameter(Mandatory)] [string] $Location,
    [string] $Prefix
)
Import-Module "$PSScriptRoot/ReparamPS.psd1"
[ReparamPS.Cmdlets.Sweeps.SweepWorkerProcess]::Run($Path, $Requests, $Replies, $Location, $Prefix)
