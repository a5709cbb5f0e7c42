# What the pipeline costs: a million draws by Invoke-RSample against the same draw as a tensor in Core, in turns; and the rows per second of -Expand beside the engine's own limit:
# objects that exist already, through a cmdlet into Out-Null.
# pwsh -NoProfile -File tests/ReparamPS.Benchmarks/Sampling/pipeline.ps1
param([int] $Rounds = 25)
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../../../module/ReparamPS" }

function Get-Time([scriptblock] $Action) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $null = & $Action
    $clock.Elapsed.TotalMilliseconds
}

$normal = New-NormalDistribution
$core = {
    $random = [ReparamPS.Torch.Randomness.RandomSource]::new(1)
    $normal.RSample([long[]] @(1000000), $random).Dispose()
    $random.Dispose()
}
$times = @{ Pipeline = @(); Core = @(); OutNull = @(); Discarded = @(); Engine = @() }
foreach ($round in 0..$Rounds) {
    $times.Pipeline += Get-Time { $normal | Invoke-RSample -Count 1000000 -Seed 1 }
    $times.Core += Get-Time $core
    if ($round % 3) { continue }
    $times.OutNull += Get-Time { $normal | Invoke-RSample -Count 200000 -Seed 1 -Expand | Out-Null }
    $times.Discarded += Get-Time { $null = $normal | Invoke-RSample -Count 200000 -Seed 1 -Expand }
}
# Last, because the garbage collector has to look through these rows for as long as they live, which would slow down the figures above.
$rows = @($normal | Invoke-RSample -Count 200000 -Expand)
foreach ($round in 0..[int]($Rounds / 3)) { $times.Engine += Get-Time { Write-Output $rows | Out-Null } }
$best = @{}
foreach ($name in $times.Keys) { $best[$name] = ($times[$name] | Sort-Object)[0] }
$cpu = if (Test-Path /proc/cpuinfo) { (Get-Content /proc/cpuinfo | Where-Object { $_ -match '^model name' })[0] -replace '.*:\s*' } else { 'unknown CPU' }
[pscustomobject] @{
    Cpu = "$cpu, $([Environment]::ProcessorCount) cores"
    PipelineMs = [Math]::Round($best.Pipeline, 2)
    CoreMs = [Math]::Round($best.Core, 2)
    Ratio = [Math]::Round($best.Pipeline / $best.Core, 2)
    RowsPerSecondToNull = [Math]::Round(2e8 / $best.Discarded)
    RowsPerSecondToOutNull = [Math]::Round(2e8 / $best.OutNull)
    EngineRowsPerSecondToOutNull = [Math]::Round(2e8 / $best.Engine)
}
