# What the pipeline costs: a million draws by Invoke-RSample against the same call in Core, in turns, and the rows of -Expand a second.
# dotnet run -c Release --project src/ReparamPS.Host -- tests/ReparamPS.Benchmarks/Sampling/pipeline.ps1
param([int] $Rounds = 15)
$ErrorActionPreference = 'Stop'

function Get-Time([scriptblock] $Action) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    $null = & $Action
    $clock.Elapsed.TotalMilliseconds
}

$normal = New-NormalDistribution
$pipeline = [System.Collections.Generic.List[double]]::new()
$core = [System.Collections.Generic.List[double]]::new()
$expand = [System.Collections.Generic.List[double]]::new()
foreach ($round in 0..$Rounds) {
    $mine = Get-Time { $normal | Invoke-RSample -Count 1000000 -Seed 1 }
    $other = Get-Time { [ReparamPS.Distributions.SampleBatch]::Draw($normal, [long[]] @(1000000), 1, $true) }
    # The first round warms up.
    if ($round) { $pipeline.Add($mine); $core.Add($other) }
}
foreach ($round in 1..3) { $expand.Add((Get-Time { $normal | Invoke-RSample -Count 1000000 -Seed 1 -Expand | Out-Null })) }
foreach ($times in $pipeline, $core, $expand) { $times.Sort() }
$middle = $Rounds -shr 1
[pscustomobject] @{
    PipelineMs = [Math]::Round($pipeline[$middle], 2)
    CoreMs = [Math]::Round($core[$middle], 2)
    Ratio = [Math]::Round($pipeline[$middle] / $core[$middle], 2)
    RatioOfBest = [Math]::Round($pipeline[0] / $core[0], 2)
    ExpandRowsPerSecond = [Math]::Round(1e9 / $expand[0])
}
