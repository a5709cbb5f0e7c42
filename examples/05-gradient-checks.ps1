<#
.SYNOPSIS
    Is this gradient right? Checks of distributions, of a function of tensors, and what their failures look like.
.DESCRIPTION
    Runs in PowerShell 7.4 or later, and without it: dotnet run --project src/ReparamPS.Host -- examples/05-gradient-checks.ps1
#>
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }

'A distribution: each method that applies, element by element'
foreach ($method in 'FrozenNoise', 'Implicit', 'Expectation') {
    New-NormalDistribution -Loc 0.5 -Scale 1.5 | Test-ReparameterizationGradient -Method $method
}

'A rejection sampler: frozen noise is refused, Auto takes the implicit identity'
New-GammaDistribution 2.5 1.5 | Test-ReparameterizationGradient -Method FrozenNoise -ErrorVariable refused -ErrorAction SilentlyContinue
"$refused"
New-GammaDistribution 2.5 1.5 | Test-ReparameterizationGradient

'A function of two tensors, to second order'
$x = New-Tensor @(@(0.1, 0.2), @(0.3, 0.4))
$w = New-Tensor 0.5, -0.5
Test-Gradient { param($x, $w) $x.matmul($w).tanh().sum() } -InputTensor $x, $w -Order 2

'What is wrong says why'
Test-Gradient { $_.mul($_.detach()) } -InputTensor (New-Tensor 1, 2)
Test-Gradient { $_.relu() } -InputTensor (New-Tensor -1, 0, 1)
Test-Gradient { $_.detach().pow(2) } -InputTensor (New-Tensor 3)

'As one Boolean'
Get-DistributionType Normal, Gamma, Dirichlet | Test-ReparameterizationGradient -Quiet
