<#
.SYNOPSIS
    Eight schools: a hierarchical model, two ways to write it, and what variational inference makes of each.
.DESCRIPTION
    Effects of coaching in eight schools (Rubin 1981), with mu ~ N(0, 5), tau ~ HalfCauchy(5), theta_i ~ N(mu, tau), y_i ~ N(theta_i, sigma_i).
    Centered, theta has a prior that depends on mu and tau. Non-centered, theta = mu + tau * eta with eta ~ N(0, 1).
    Neither posterior is normal, and the verdict says so: the means of tau are compared with the truth, which is known from quadrature.
    Writes summary.csv and tau.png.
    Runs in PowerShell 7.4 or later, and without it: dotnet run --project src/ReparamPS.Host -- examples/30-eight-schools.ps1
.PARAMETER OutPath
    The folder for the results. It is created if it does not exist.
#>
param([string] $OutPath = 'eight-schools')
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }
$folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutPath)
$null = [System.IO.Directory]::CreateDirectory($folder)

$y = New-Tensor 28, 8, -3, 7, -1, 1, 18, 12
$sigma = New-Tensor 15, 10, 16, 11, 9, 11, 10, 18

$models = [ordered]@{
    Centered = New-BayesianModel ([ordered]@{
        Mu = New-NormalDistribution 0 5
        Tau = New-HalfCauchyDistribution 5
        Theta = { param($p) New-NormalDistribution $p.Mu.unsqueeze(-1).expand(-1, 8) $p.Tau.unsqueeze(-1) }
    }) { param($p) (New-NormalDistribution $p.Theta $sigma).LogProb($y) }

    NonCentered = New-BayesianModel ([ordered]@{
        Mu = New-NormalDistribution 0 5
        Tau = New-HalfCauchyDistribution 5
        Eta = New-NormalDistribution (@(0) * 8) 1
    }) { param($p) (New-NormalDistribution ($p.Mu.unsqueeze(-1) + $p.Tau.unsqueeze(-1) * $p.Eta) $sigma).LogProb($y) }
}

$draws = [System.Collections.Generic.List[object]]::new()
$summaries = foreach ($name in $models.Keys) {
    foreach ($family in 'MeanField', 'FullRank') {
        $fit = $models[$name] | Invoke-VariationalInference -Family $family -Seed 1
        $row = $fit | Measure-VariationalFit
        $tau = $fit | Get-PosteriorSummary | Where-Object Parameter -EQ Tau
        '{0,-10} {1,-9} {2,-11} k-hat {3:F2}  log evidence {4:F2} (truth -31.31)  E tau {5:F2}, corrected {6:F2} (truth 3.60)' -f
            $name, $family, $row.Verdict, $row.KHat, $row.LogEvidence, $tau.Mean, $tau.ImportanceMean | Out-Host
        "           $($row.Reason)" | Out-Host
        foreach ($draw in $fit | Invoke-PosteriorSampling -Count 2000 -Seed 1) { $draws.Add([pscustomobject]@{ Fit = "$name, $family"; LogTau = [Math]::Log($draw.Tau) }) }
        foreach ($line in $fit | Get-PosteriorSummary) {
            [pscustomobject]@{ Model = $name; Family = $family; Parameter = $line.Parameter; Index = $line.Index; Mean = $line.Mean; StdDev = $line.StdDev; Q5 = $line.Q5; Median = $line.Median; Q95 = $line.Q95; ImportanceMean = $line.ImportanceMean }
        }
    }
}
$summaries | Export-ExperimentData "$folder/summary.csv" -Force
$null = $draws | Export-Chart "$folder/tau.png" -X LogTau -Kind Histogram -GroupBy Fit -Bins 40 -Title 'Eight schools: log tau under four fits (its true mean is 0.80, its true sd 1.17)' -Force
"Done: summary.csv and tau.png in $folder"
