<#
.SYNOPSIS
    Which estimator has the lowest variance? The experiments of Mohamed, Rosca, Figurnov and Mnih 2020 (arXiv:1906.10652), section 8, and discrete estimators.
.DESCRIPTION
    For f(z) = (z - k)^2, exp(-k z^2) and cos(k z) with z ~ N(mu, sigma^2): the variance of the gradient in mu by pathwise, score-function and measure-valued
    estimators, over a range of k and of sigma. The curves have the shapes of the paper's: for the quadratic the pathwise variance doesn't depend on k, while that of the score
    function grows like k^4; for the exponential and the cosine the pathwise variance overtakes the others as k grows.
    Writes a CSV file, and two pictures for each function.
    Runs in PowerShell 7.4 or later, and without it: dotnet run --project src/ReparamPS.Host -- examples/06-gradient-estimators.ps1
.PARAMETER OutPath
    The folder for the results; created if it does not exist.
.PARAMETER Draws
    The number of draws behind each variance.
#>
param(
    [string] $OutPath = 'estimators',
    [long] $Draws = 10000
)
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }
$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutPath)
$null = [System.IO.Directory]::CreateDirectory($folder)

$estimators = @{ Estimator = 'Pathwise', 'ScoreFunction', 'MeasureValued'; Baseline = 'None', 'LeaveOneOut' }
$problems = @(
    foreach ($k in -3, -2, -1, 0, 0.5, 1.5, 2, 3) { @{ Objective = 'Quadratic'; K = $k; Loc = 1; Scale = 1 } }
    foreach ($k in 0.1, 0.3, 1, 3, 10) { @{ Objective = 'GaussianBump'; K = $k; Loc = 1; Scale = 1 } }
    foreach ($k in 0.5, 1, 2, 4, 8) { @{ Objective = 'Cosine'; K = $k; Loc = 1; Scale = 1 } }
    foreach ($sigma in 0.2, 0.5, 2, 5) {
        @{ Objective = 'Quadratic'; K = 3; Loc = 1; Scale = $sigma }
        @{ Objective = 'GaussianBump'; K = 1; Loc = 1; Scale = $sigma }
        @{ Objective = 'Cosine'; K = 1; Loc = 1; Scale = $sigma }
    }
)
$rows = foreach ($problem in $problems) {
    foreach ($row in New-NormalDistribution $problem.Loc $problem.Scale | Compare-GradientEstimator $problem.Objective -K $problem.K -Draws $Draws -Seed 1 @estimators) {
        if ($row.Parameter -ne 'Loc') { continue }
        [pscustomobject]@{
            Objective = $problem.Objective; K = $problem.K; Scale = $problem.Scale; Estimator = $row.Estimator; Truth = $row.Truth; Estimate = $row.Estimate
            ZScore = $row.ZScore; Variance = $row.VariancePerDraw; VarianceTimesCost = $row.VarianceTimesCost
        }
    }
}
$csv = [System.IO.Path]::Combine($folder, 'estimators.csv')
$rows | Export-ExperimentData -Path $csv -Force
foreach ($objective in 'Quadratic', 'GaussianBump', 'Cosine') {
    $null = $rows | Where-Object { $_.Objective -eq $objective -and $_.Scale -eq 1 } |
        Export-Chart -X K -Y Variance -GroupBy Estimator -LogY -Title "$objective over N(1, 1): variance of the gradient in the mean" -Path ([System.IO.Path]::Combine($folder, "$objective.png")) -Force
}
$k = @{ Quadratic = 3; GaussianBump = 1; Cosine = 1 }
foreach ($objective in $k.Keys) {
    $null = $rows | Where-Object { $_.Objective -eq $objective -and $_.K -eq $k[$objective] } |
        Export-Chart -X Scale -Y Variance -GroupBy Estimator -LogY -Title "$objective over N(1, sigma^2): variance of the gradient in the mean" -Path ([System.IO.Path]::Combine($folder, "$objective-Scale.png")) -Force
}
$far = @($rows | Where-Object { [Math]::Abs($_.ZScore) -gt 5 })
"$($rows.Count) estimates, $($far.Count) of them more than five standard errors from the truth"

'Quasi-Monte Carlo: the variance that independent draws would need to have to do as well'
foreach ($scheme in 'Independent', 'Antithetic', 'Sobol') {
    $row = New-NormalDistribution 1 1 | Measure-Gradient Cosine -Draws 1024 -Scheme $scheme -Seed 1 | Where-Object Parameter -EQ Loc
    '{0,-12} {1:G3}' -f $scheme, $row.VariancePerDraw
}

'Discrete: E[(z - 0.45)^2], z ~ Bernoulli(0.3). StraightThrough and GumbelSoftmax are biased'
New-BernoulliDistribution 0.3 | Compare-GradientEstimator { $_.sub(0.45).pow(2) } -Draws $Draws -Seed 1
"Done: $csv and the pictures beside it"
