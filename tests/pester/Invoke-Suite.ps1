<#
.SYNOPSIS
    Runs the Pester suite against the staged module, and prints one line of counts at the end. Needs PowerShell 7.4 and Pester 5.5 or later.
#>
$ErrorActionPreference = 'Stop'
Import-Module Pester -MinimumVersion 5.5
Import-Module "$PSScriptRoot/../../module/ReparamPS"
$configuration = New-PesterConfiguration
$configuration.Run.Path = $PSScriptRoot
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$result = Invoke-Pester -Configuration $configuration
"Pester: $($result.PassedCount) passed, $($result.FailedCount) failed, $($result.SkippedCount) skipped"
exit [int]($result.FailedCount -gt 0 -or $result.FailedBlocksCount -gt 0 -or $result.FailedContainersCount -gt 0)
