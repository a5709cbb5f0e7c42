<#
.SYNOPSIS
    A distribution of your own: made from script blocks, checked like a built-in one, and used like one.
.DESCRIPTION
    Runs in PowerShell 7.4 or later, and without it: dotnet run --project src/ReparamPS.Host -- examples/07-your-own-distribution.ps1
#>
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }

'A Rayleigh distribution: a sampler and a log-density'
$density = { param($p, $x) $x.log() - 2 * $p.Scale.log() - ($x / $p.Scale).pow(2) / 2 }
$rayleigh = New-CustomDistribution Rayleigh @{ Scale = 2.0 } -Support Positive -LogProbability $density -Sample {
    param($p, $noise, $shape)
    $p.Scale * (2 * $noise.Exponential($shape)).sqrt()
}
$rayleigh | Test-ReparameterizationGradient | ForEach-Object { "$($_.Parameter): $($_.Reason)" }
$rayleigh | Test-Distribution | ForEach-Object { "$($_.Check): $($_.Reason)" }

'The same with faults: what the checks say'
$faults = [ordered]@{
    Detached = { param($p, $noise, $shape) $p.Scale.detach() * (2 * $noise.Exponential($shape)).sqrt() }
    Factor   = { param($p, $noise, $shape) ($p.Scale.detach() + 1.02 * ($p.Scale - $p.Scale.detach())) * (2 * $noise.Exponential($shape)).sqrt() }
    Variance = { param($p, $noise, $shape) $p.Scale.square() * (2 * $noise.Exponential($shape)).sqrt() }
}
foreach ($name in $faults.Keys) {
    $faulty = New-CustomDistribution $name @{ Scale = 2.0 } -Support Positive -LogProbability $density -Sample $faults[$name]
    $faulty | Test-ReparameterizationGradient | ForEach-Object { "${name}: $($_.Reason)" }
}

'Without a sampler: quantiles, or a CDF with its density (implicit gradients)'
$triangular = New-CustomDistribution Triangular @{ Width = 3.0 } -Support 'in [0, Width]' -Quantile { param($p, $q) $p.Width * (1 - (1 - $q).sqrt()) }
$triangular | Test-ReparameterizationGradient | ForEach-Object { "$($_.Parameter): $($_.Reason)" }
$logLogistic = New-CustomDistribution LogLogistic @{ Scale = 1.5; Shape = 3.0 } -Support Positive -Cdf {
    param($p, $x) 1 / (1 + ($x / $p.Scale).pow(-$p.Shape))
} -LogProbability {
    param($p, $x)
    $t = $p.Shape * ($x / $p.Scale).log()
    $p.Shape.log() - $x.log() + $t - 2 * (1 + $t.exp()).log()
}
$logLogistic | Test-ReparameterizationGradient | ForEach-Object { "$($_.Parameter): $($_.Reason)" }
$logLogistic | Get-Quantile -Probability 0.1, 0.5, 0.9

'Used like a built-in distribution: estimators, divergences, mixtures, transforms'
$rayleigh | Compare-GradientEstimator Quadratic -K 3 | ForEach-Object { '{0}: {1:F2}, variance {2:F1}' -f $_.Estimator, $_.Estimate, $_.VariancePerDraw }
'KL to a gamma distribution: {0:F3}' -f (Measure-KLDivergence $rayleigh (New-GammaDistribution 2 1) -MonteCarlo -Seed 1).Value
$two = New-CustomDistribution Rayleigh @{ Scale = 1.0, 4.0 } -Support Positive -LogProbability $density -Cdf { param($p, $x) 1 - (-($x / $p.Scale).pow(2) / 2).exp() }
New-MixtureSameFamilyDistribution (New-CategoricalDistribution -Probs 0.3, 0.7) $two | Get-Quantile -Probability 0.5
$rayleigh | New-TransformedDistribution -Transforms (New-DistributionTransform Exp) | Get-LogProbability -Value 2, 3
