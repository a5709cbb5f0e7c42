<#
.SYNOPSIS
    A sweep without a model: the variance of gradient estimators over k
.DESCRIPTION
    The gradient in the mean of E[cos(k z)], z ~ N(1, 1), by three estimators, for several k and five seeds each. For small k the pathwise estimator has a lower variance than the score function; for large k it has the highest of all.
    A run is a script block that reads its settings from $_ and returns a row.
    Runs in PowerShell 7.4 or later, and without it: dotnet run --project src/ReparamPS.Host -- examples/22-sweep-estimators.ps1
.PARAMETER Draws
    The number of draws behind each variance.
.PARAMETER OutPath
    The folder for the sweep and the results.
#>
param(
    [long] $Draws = 5000,
    [string] $OutPath = 'sweep-estimators'
)
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }

$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutPath)
$null = [System.IO.Directory]::CreateDirectory($folder)

# A condition between axes: only the score function takes a baseline.
$points = New-ExperimentGrid ([ordered]@{ Estimator = 'Pathwise', 'ScoreFunction', 'MeasureValued'; Baseline = 'None', 'LeaveOneOut'; K = 0.25, 0.5, 1, 2, 4, 8; Draws = $Draws }) -Repeat 5 |
    Where-Object { $_.Baseline -eq 'None' -or $_.Estimator -eq 'ScoreFunction' }
$runs = $points | Invoke-ExperimentSweep "$folder/sweep" {
    $gradient = New-NormalDistribution 1 1 | Measure-Gradient Cosine -K $_.K -Estimator $_.Estimator -Baseline $_.Baseline -Draws $_.Draws -Seed $_.Seed | Where-Object Parameter -EQ Loc
    $name = if ($_.Baseline -eq 'None') { $_.Estimator } else { "$($_.Estimator), $($_.Baseline)" }
    [pscustomobject]@{ Method = $name; Gradient = $gradient.Estimate; Variance = $gradient.VariancePerDraw }
}
"$(@($runs | Where-Object Status -EQ Done).Count) of $(@($runs).Count) runs are done"

$runs | Export-ExperimentData "$folder/runs.csv"
$null = $runs | Export-Chart "$folder/variance.png" -X K -Y Variance -GroupBy Method -Band MinMax -LogX -LogY -Title 'd/dμ E[cos(k z)], z ~ N(1, 1): variance of one draw' -YLabel 'Variance of one draw'
$runs | Where-Object K -EQ 2 | Measure-ExperimentRun -Metric Variance -GroupBy Method | ForEach-Object { "k = 2, $($_.Method): variance $($_.Mean.ToString('G3')) ± $($_.StandardError.ToString('G2'))" }
"Done: variance.png and runs.csv in $folder"
