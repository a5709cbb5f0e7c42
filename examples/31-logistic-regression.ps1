<#
.SYNOPSIS
    Logistic regression: from rows to a certified posterior, in two families.
.DESCRIPTION
    Beetles that were exposed to carbon disulphide at eight doses (Bliss 1935): 481 rows, whether each died. The mean field leaves out the correlation of intercept and slope, and is biased;
    the full-rank fit is trustworthy, and its evidence is that of quadrature. Then the probability of death over the dose, with a 90 % band from posterior draws.
    Writes curve.csv and curve.png.
    Runs in PowerShell 7.4 or later, and without it: dotnet run --project src/ReparamPS.Host -- examples/31-logistic-regression.ps1
.PARAMETER OutPath
    The folder for the results. It is created if it does not exist.
#>
param([string] $OutPath = 'logistic-regression')
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }
$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutPath)
$null = [System.IO.Directory]::CreateDirectory($folder)

$doses = 1.6907, 1.7242, 1.7552, 1.7842, 1.8113, 1.8369, 1.8610, 1.8839
$exposed = 59, 60, 62, 56, 63, 59, 62, 60
$dead = 6, 13, 18, 28, 52, 53, 61, 60
$center = 1.7934; $scale = 0.0637
$rows = foreach ($i in 0..7) {
    foreach ($n in 1..$exposed[$i]) { [pscustomobject]@{ Dose = ($doses[$i] - $center) / $scale; Died = [int]($n -le $dead[$i]) } }
}

$model = New-BayesianModel -Data $rows -Response Died -Predictor Dose -Likelihood BernoulliLogit
foreach ($row in New-ExperimentGrid @{ Family = 'MeanField', 'FullRank' } | Invoke-VariationalInference $model -Seed 1 | Measure-VariationalFit) {
    '{0,-9} {1,-12} log evidence {2:F3} (quadrature -192.220), ELBO {3:F3}' -f $row.Family, $row.Verdict, $row.LogEvidence, $row.Elbo
    "          $($row.Reason)"
}
$fit = $model | Invoke-VariationalInference -Family FullRank -Seed 1
foreach ($row in $fit | Get-PosteriorSummary) { '{0,-9} {1:F3} +- {2:F3}, 90 % interval {3:F3} to {4:F3}' -f $row.Parameter, $row.Mean, $row.StdDev, $row.Q5, $row.Q95 }

# The probability at each dose under each draw, and its quantiles over the draws.
$draws = @($fit | Invoke-PosteriorSampling -Count 500 -Seed 1)
$curve = foreach ($dose in 0..40 | ForEach-Object { 1.65 + 0.0065 * $_ }) {
    $x = ($dose - $center) / $scale
    $deaths = [double[]]@(foreach ($draw in $draws) { 1 / (1 + [Math]::Exp(-$draw.Intercept - $draw.Dose * $x)) })
    [Array]::Sort($deaths)
    [pscustomobject]@{ Dose = $dose; Q5 = $deaths[25]; Median = $deaths[250]; Q95 = $deaths[475] }
}
$curve | Export-ExperimentData "$folder/curve.csv" -Force
$null = $curve | Export-Chart "$folder/curve.png" -X Dose -Y Q5, Median, Q95 -Title 'Probability of death over the log-dose: posterior median and 90 % interval' -YLabel 'Probability of death' -Force

'Are such posteriors calibrated? Simulated data, 50 fits:'
foreach ($row in $model | Test-VariationalInference -Family FullRank -Draws 128 -Simulations 50 -Seed 1) {
    '{0,-9} 50 % intervals hold the truth in {1:P0}, 90 % intervals in {2:P0}; p-value {3:F2}' -f $row.Parameter, $row.Coverage50, $row.Coverage90, $row.KsPValue
}
"Done: curve.csv and curve.png in $folder"
