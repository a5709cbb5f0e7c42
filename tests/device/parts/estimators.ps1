# Estimates against the exact gradient, and against the CPU: the same draws give the same estimates, up to rounding.
function Compare-Estimators([string] $name, [string] $kind, [hashtable] $parameters, [scriptblock] $objective, [string[]] $estimators, [hashtable] $more = @{}) {
    Check $name {
        $here = @(New-Distribution $kind $parameters -Device $Device | Compare-GradientEstimator $objective -Estimator $estimators -Draws 2000 -Seed 1 @more)
        $there = @(New-Distribution $kind $parameters | Compare-GradientEstimator $objective -Estimator $estimators -Draws 2000 -Seed 1 @more)
        Assert-That ($here.Count -eq $there.Count -and $here.Count -gt 0) "$($here.Count) rows here, $($there.Count) on the CPU."
        for ($i = 0; $i -lt $here.Count; $i++) {
            $a = $here[$i]; $b = $there[$i]
            $scale = [Math]::Max([Math]::Abs($b.Estimate), 1e-3)
            Assert-That ([Math]::Abs($a.Estimate - $b.Estimate) -le 1e-6 * $scale) "$($a.Estimator) of $($a.Parameter): $($a.Estimate) here and $($b.Estimate) on the CPU."
            # The relaxation alone is biased.
            if ($a.Estimator -notlike 'GumbelSoftmax*') { Assert-That ([Math]::Abs($a.ZScore) -lt 6) "$($a.Estimator) of $($a.Parameter) is $($a.ZScore) standard errors off." }
        }
        "$($here.Count) rows; truth by $($here[0].TruthSource)"
    }
}
Compare-Estimators 'Bernoulli' 'Bernoulli' @{ Probs = 0.3 } { $_.sub(0.45).square() } 'Enumerated', 'ScoreFunction', 'GumbelSoftmax', 'Rebar', 'Relax'
Compare-Estimators 'Categorical' 'Categorical' @{ Probs = 0.2, 0.3, 0.5 } { $_.square() } 'Enumerated', 'ScoreFunction'
Compare-Estimators 'Poisson' 'Poisson' @{ Rate = 3 } { $_.square() } 'Enumerated', 'ScoreFunction', 'MeasureValued'
Compare-Estimators 'Normal' 'Normal' @{ Loc = 0.5; Scale = 1.5 } { $_.square() } 'Pathwise', 'ScoreFunction', 'MeasureValued'
Compare-Estimators 'Gamma' 'Gamma' @{ Concentration = 2; Rate = 1 } { $_.square() } 'Pathwise', 'ScoreFunction'
Compare-Estimators 'Normal, Sobol' 'Normal' @{ Loc = 0.5; Scale = 1.5 } { $_.square() } 'Pathwise' @{ Scheme = 'Sobol' }
Compare-Estimators 'Normal, antithetic' 'Normal' @{ Loc = 0.5; Scale = 1.5 } { $_.square() } 'Pathwise' @{ Scheme = 'Antithetic' }
