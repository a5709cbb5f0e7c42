<#
.SYNOPSIS
    Tests of gradients for a CI pipeline. They fail when a gradient is broken, and write a report in JUnit's format. Needs PowerShell 7.4 and Pester 5.5 or later.
.EXAMPLE
    pwsh examples/08-gradients.Tests.ps1

    Runs the tests; the exit code is the number of failures, and gradients.junit.xml is the report.
.EXAMPLE
    Invoke-Pester examples/08-gradients.Tests.ps1
#>
param([string] $ReportPath = 'gradients.junit.xml')

# Pester runs this file a second time, to find the tests.
if (-not (Get-PSCallStack).Where{ $_.Command -eq 'Invoke-Pester' }) {
    Import-Module Pester -MinimumVersion 5.5
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = $PSCommandPath
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'Detailed'
    $configuration.TestResult.Enabled = $true
    $configuration.TestResult.OutputFormat = 'JUnitXml'
    $configuration.TestResult.OutputPath = $ReportPath
    $result = Invoke-Pester -Configuration $configuration
    exit $result.FailedCount + $result.FailedContainersCount + $result.FailedBlocksCount
}

BeforeAll {
    if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }

    # The code under test: a loss of the project. Here, −E[log p(x | z)] of a linear decoder, by one reparameterized draw with fixed noise.
    $noise = New-Tensor 0.3, -1.2
    $image = New-Tensor 1, 0, 1
    $weights = New-Tensor ((0.2, -0.1), (0.4, 0.3), (-0.5, 0.7))
    $loss = {
        param($mean, $logScale)
        $z = $mean.add($logScale.exp().mul($noise))
        (New-BernoulliDistribution -Logits $weights.matmul($z)).LogProb($image).sum().neg()
    }
}

Describe 'The loss' {
    It 'has a correct gradient in the mean and in the scale' {
        $loss | Should -HaveCorrectGradient -At (New-Tensor 0.5, -0.2), (New-Tensor 0.1, -0.3)
    }

    It 'also has a correct second derivative' {
        $loss | Should -HaveCorrectGradient -At (New-Tensor 0.5, -0.2), (New-Tensor 0.1, -0.3) -Order 2
    }

    It 'would fail if the noise were detached from the scale' {
        $broken = { param($logScale) $logScale.exp().detach().mul($noise).sum() }
        $broken | Should -Not -HaveCorrectGradient -At (New-Tensor 0.1, -0.3)
    }
}

Describe 'Distributions of the model' {
    It 'have right reparameterization gradients: <_>' -ForEach 'Normal', 'Gamma', 'Dirichlet' {
        Get-DistributionType $_ | Should -HaveReparameterizationGradient
    }

    It 'agree with the closed form: the mean of |z|, z ~ N(0, σ²), has slope √(2/π) in σ' {
        $sigma = New-Tensor 1.5 -RequiresGrad
        $draws = New-NormalDistribution 0 $sigma | Invoke-RSample -Count 200000 -Seed 1 -AsTensor
        $draws.abs().mean().backward()
        , $sigma.grad | Should -BeCloseTensor ([Math]::Sqrt(2 / [Math]::PI)) -RelativeTolerance 0.01
    }
}
