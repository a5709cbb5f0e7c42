<#
.SYNOPSIS
    When not to trust variational inference: a funnel, a banana, a correlation.
.DESCRIPTION
    Posteriors that a normal distribution cannot match, and one that it can. The bound alone does not tell them apart, since the evidence is unknown in practice; the certificate does.
    Neal's funnel: v ~ N(0, 3), y ~ N(0, exp(v / 2)). The banana: b ~ N(a^2, 0.3). A normal distribution with correlation 0.9.
    The funnel written with z ~ N(0, 1) and y = exp(v / 2) z is normal, and the fit exact.
    Writes verdicts.csv, and funnel.png: draws of the true funnel and of the fit.
    Runs in PowerShell 7.4 or later, and without it: dotnet run --project src/ReparamPS.Host -- examples/32-when-not-to-trust.ps1
.PARAMETER OutPath
    The folder for the results. It is created if it does not exist.
#>
param([string] $OutPath = 'when-not-to-trust')
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }
$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutPath)
$null = [System.IO.Directory]::CreateDirectory($folder)

$models = [ordered]@{
    'Funnel' = New-BayesianModel ([ordered]@{ V = New-NormalDistribution 0 3; Y = { param($p) New-NormalDistribution 0 $p.V.mul(0.5).exp() } })
    'Funnel, non-centered' = New-BayesianModel @{ V = New-NormalDistribution 0 3; Z = New-NormalDistribution 0 1 }
    'Banana' = New-BayesianModel ([ordered]@{ A = New-NormalDistribution 0 1; B = { param($p) New-NormalDistribution $p.A.pow(2) 0.3 } })
    'Correlation 0.9' = New-BayesianModel @{ X = New-MultivariateNormalDistribution (0, 0) -CovarianceMatrix ((1, 0.9), (0.9, 1)) }
}

# The evidence of all of them is 1, so the ELBO is minus the divergence of the fit from the posterior.
$rows = foreach ($name in $models.Keys) {
    foreach ($family in 'MeanField', 'FullRank') {
        $row = $models[$name] | Invoke-VariationalInference -Family $family -Seed 1 | Measure-VariationalFit
        [pscustomobject]@{ Model = $name; Family = $row.Family; Verdict = $row.Verdict; KHat = $row.KHat; Elbo = $row.Elbo; Reason = $row.Reason }
    }
}
foreach ($row in $rows) { '{0,-20} {1,-9} {2,-12} ELBO {3,6:F2}  k-hat {4:F2}' -f $row.Model, $row.Family, $row.Verdict, $row.Elbo, $row.KHat }
$rows | Export-ExperimentData "$folder/verdicts.csv" -Force

$fit = $models['Funnel'] | Invoke-VariationalInference -Family FullRank -Seed 1
$height = New-NormalDistribution 0 3 | Invoke-Sample -Count 1500 -Seed 1
$noise = New-NormalDistribution 0 1 | Invoke-Sample -Count 1500 -Seed 2
$points = @(
    foreach ($i in 0..1499) { [pscustomobject]@{ Draws = 'funnel'; V = $height.Values[$i]; Y = [Math]::Exp($height.Values[$i] / 2) * $noise.Values[$i] } }
    foreach ($draw in $fit | Invoke-PosteriorSampling -Count 1500 -Seed 1) { [pscustomobject]@{ Draws = 'full-rank fit'; V = $draw.V; Y = $draw.Y } }
)
$null = $points | Where-Object { [Math]::Abs($_.Y) -lt 15 } | Export-Chart "$folder/funnel.png" -X Y -Y V -GroupBy Draws -Kind Scatter -Title "Neal's funnel and its best normal approximation" -Force
"Done: verdicts.csv and funnel.png in $folder"
