# Densities, tails and moments against the CPU: 1e-9 in float64, relative to the value.
function Compare-Member([string] $name, [scriptblock] $call, [scriptblock] $applies) {
    Check $name {
        $failures = [Collections.Generic.List[string]]::new()
        $worst = 0.0; $count = 0
        foreach ($kind in Get-Kinds) {
            Step $kind.Name
            $there = New-Example $kind $cpu
            if (-not (& $applies $there)) { continue }
            try {
                $here = New-Example $kind $target
                $value = $there.Sample([long[]] @(20), [ReparamPS.Torch.Randomness.RandomSource]::new(5))
                $scope = [TorchSharp.torch]::NewDisposeScope()
                try { $worst = [Math]::Max($worst, (Assert-Near (& $call $here $value.to($target)) (& $call $there $value) 1e-9 $name 1e-30)) }
                finally { $scope.Dispose() }
                $count++
            }
            catch { $failures.Add("$($kind.Name): $(($_.Exception.Message -split "`n")[0])") }
        }
        Assert-That ($failures.Count -eq 0) ($failures -join '; ')
        "$count kinds; the largest relative difference is $($worst.ToString('G3'))"
    }
}
Compare-Member 'LogProb' { param($d, $x) $d.LogProb($x) } { $true }
Compare-Member 'Cdf' { param($d, $x) $d.Cdf($x) } { param($d) $d.HasCdf }
Compare-Member 'LogSurvival' { param($d, $x) $d.LogSurvival($x) } { param($d) $d.HasCdf }
Compare-Member 'Icdf' { param($d, $x) $d.Icdf($d.Cdf($x).clamp(1e-6, 1 - 1e-6)) } { param($d) $d.HasQuantile -and -not $d.Support.IsDiscrete }
Compare-Member 'Mean, Variance' { param($d, $x) $d.Mean.add($d.Variance) } { param($d) $d.HasMoments }
Compare-Member 'Entropy' { param($d, $x) $d.Entropy } { param($d) $d.HasEntropy }
Check 'tails' {
    $worst = 0.0
    foreach ($x in -37, -10, 10, 37) {
        foreach ($name in 'LogCdf', 'LogSurvival') {
            $here = (New-NormalDistribution -Device $Device).$name((New-Tensor $x -Device $Device))
            $there = (New-NormalDistribution).$name((New-Tensor $x))
            $worst = [Math]::Max($worst, (Assert-Near $here $there 1e-9 "$name at $x" 1e-300))
        }
    }
    "the largest relative difference at -37 to 37 standard deviations is $($worst.ToString('G3'))"
}
Check 'divergences' {
    $pairs = @(
        @('Normal', @{ Loc = 0; Scale = 1 }, @{ Loc = 1; Scale = 2 }), @('Gamma', @{ Concentration = 2; Rate = 1 }, @{ Concentration = 3; Rate = 0.5 }),
        @('Beta', @{ Concentration1 = 2; Concentration0 = 3 }, @{ Concentration1 = 1; Concentration0 = 4 }), @('Poisson', @{ Rate = 2 }, @{ Rate = 3 }),
        @('Categorical', @{ Probs = 0.2, 0.8 }, @{ Probs = 0.5, 0.5 }), @('Dirichlet', @{ Concentration = 1, 2, 3 }, @{ Concentration = 2, 2, 2 }))
    foreach ($pair in $pairs) {
        $here = Measure-KLDivergence (New-Distribution $pair[0] $pair[1] -Device $Device) (New-Distribution $pair[0] $pair[2] -Device $Device)
        $there = Measure-KLDivergence (New-Distribution $pair[0] $pair[1]) (New-Distribution $pair[0] $pair[2])
        Assert-That ([Math]::Abs($here.Value - $there.Value) -le 1e-9 * [Math]::Abs($there.Value)) "$($pair[0]): $($here.Value) here and $($there.Value) on the CPU."
    }
    "$($pairs.Count) pairs"
}
