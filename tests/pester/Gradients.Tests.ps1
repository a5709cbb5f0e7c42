BeforeAll { Import-Module "$PSScriptRoot/../../module/ReparamPS" -Force }

Describe 'Should -HaveReparameterizationGradient' {
    It 'passes each reparameterized kind: <_>' -ForEach @('Normal', 'Gamma', 'Gumbel', 'Dirichlet', 'MultivariateNormal', 'RelaxedBernoulli') {
        Get-DistributionType $_ | Should -HaveReparameterizationGradient
    }

    It 'takes a method, a seed and a tolerance' {
        New-NormalDistribution 1 2 | Should -HaveReparameterizationGradient -Method Expectation -Seed 3
        $off = New-CustomDistribution Off @{ Scale = 1.0 } -Sample {
            param($p, $noise, $shape) $p.Scale * $noise.Normal($shape) + ($p.Scale - $p.Scale.detach()).mul(1e-5)
        }
        $off | Should -HaveReparameterizationGradient -Tolerance 1e-3
        $off | Should -Not -HaveReparameterizationGradient -Tolerance 1e-8
    }

    It 'takes for a wrong gradient only one that was found wrong, or none' {
        New-BernoulliDistribution 0.3 | Should -Not -HaveReparameterizationGradient
        Get-DistributionType Bernoulli | Should -Not -HaveReparameterizationGradient
        { 'garbage' | Should -Not -HaveReparameterizationGradient } | Should -Throw '*garbage*'
        { $null | Should -Not -HaveReparameterizationGradient } | Should -Throw '*got nothing*'
        { New-NormalDistribution | Should -Not -HaveReparameterizationGradient -Method Fronzen } | Should -Throw '*Fronzen*'
    }

    It 'fails with the reason' {
        { New-BernoulliDistribution 0.3 | Should -HaveReparameterizationGradient } | Should -Throw '*Bernoulli is not reparameterized*'
        { New-GammaDistribution 2.5 1 | Should -HaveReparameterizationGradient -Method FrozenNoise } | Should -Throw '*Use Method Implicit, Expectation or Auto*'
        { New-NormalDistribution | Should -Not -HaveReparameterizationGradient } | Should -Throw '*but it is right*'
    }
}

Describe 'Should -HaveCorrectGradient' {
    It 'fails with the element, its gradient, the difference and the reason' {
        { { param($x) ($x.detach() * $x).sum() } | Should -HaveCorrectGradient -At (, (New-Tensor (, 3))) } |
            Should -Throw 'Expected the gradient of { param($x) ($x.detach() * $x).sum() } to be correct, but the gradient with respect to x`[0`] is 3 instead of 6: the gradient is 0.5 times what it should be.'
        { { param($x) $x.detach().pow(2) } | Should -HaveCorrectGradient -At 1 } | Should -Throw '*the gradient with respect to x is 0 instead of 2: no gradient reaches this input*'
        { { param($x) ($x.detach() * $x).sum() } | Should -HaveCorrectGradient -At (New-Tensor 1, 2) } | Should -Throw '*there are 2 faults:*x`[1`] is 2 instead of 4:*x`[0`] is 1 instead of 2:*'
    }
}

Describe 'Should -BeCloseTensor' {
    It 'compares a gradient with numbers' {
        $x = New-Tensor 1, 2, 3 -RequiresGrad
        $x.pow(2).sum().backward()
        , $x.grad | Should -BeCloseTensor 2, 4, 6
        , $x.grad | Should -BeCloseTensor 2.001, 4, 6 -RelativeTolerance 1e-3
        , $x.grad | Should -Not -BeCloseTensor 2.001, 4, 6
    }

    It 'names the worst element, and shapes that differ' {
        { , (New-Tensor 1, 2, 3) | Should -BeCloseTensor 'a' } | Should -Throw "Expected must hold numbers; got 'a'."
        { , (New-Tensor 1, 2, 3) | Should -BeCloseTensor 1, 2.5, 3.1 } | Should -Throw '*2 of 3 elements differ*index `[1`]: expected 2.5; got 2*'
        { , (New-Tensor 1, 2, 3) | Should -BeCloseTensor (New-Tensor 1, 2) } | Should -Throw '*shape is `[3`] instead of `[2`]*'
    }
}

Describe 'An assertion function' {
    It 'fails without an input: <Name>' -ForEach @(
        @{ Name = 'Should-HaveReparameterizationGradient'; Arguments = @{}; Needs = '*needs a distribution; got nothing*' }
        @{ Name = 'Should-HaveCorrectGradient'; Arguments = @{ At = 1 }; Needs = '*must be a function, as a script block or a delegate; got nothing*' }
        @{ Name = 'Should-BeCloseTensor'; Arguments = @{ Expected = 1 }; Needs = '*Actual is missing*' }
    ) {
        { $misspelt | & $Name @Arguments } | Should -Throw $Needs
        { @() | & $Name @Arguments } | Should -Throw $Needs
        { '' | & $Name @Arguments } | Should -Throw
        { New-GammaDistribution 2 -1 -ErrorAction SilentlyContinue | & $Name @Arguments } | Should -Throw $Needs
    }

    It 'takes each object of the pipeline' {
        New-NormalDistribution 0, 1 | Should-HaveReparameterizationGradient
        { (New-NormalDistribution), (New-BernoulliDistribution 0.3) | Should-HaveReparameterizationGradient } | Should -Throw '*Bernoulli*'
        { (New-Tensor 1, 2), (New-Tensor 1, 3) | Should-BeCloseTensor 1, 2 } | Should -Throw '*index [[]1]*'
    }

    It 'takes the numbers of a pipeline as one tensor' {
        1, 2 | Should-BeCloseTensor 1, 2
        { 1, 2 | Should-BeCloseTensor 1, 3 } | Should -Throw '*index [[]1]: expected 3; got 2*'
    }
}

Describe 'Test-Gradient' {
    It 'passes a right gradient in both orders' {
        Test-Gradient { param($x, $w) $x.matmul($w).tanh().sum() } (New-Tensor @(@(0.1, 0.2), @(0.3, 0.4))), (New-Tensor 0.5, -0.5) -Order 2 -Quiet | Should -BeTrue
    }

    It 'says that <_.Verdict>' -ForEach @(
        @{ Verdict = 'Kink'; Function = { $_.relu() }; At = 0.0 }
        @{ Verdict = 'NoGradient'; Function = { $_.detach().pow(2) }; At = 1.0 }
        @{ Verdict = 'NonFinite'; Function = { $_.sqrt() }; At = 0.0 }
        @{ Verdict = 'Mismatch'; Function = { $_.mul($_.detach()) }; At = 2.0 }
    ) {
        $row = Test-Gradient $_.Function (New-Tensor $_.At)
        $row.Verdict | Should -Be $_.Verdict
        $row.Passed | Should -BeFalse
    }
}

Describe 'Measure-Gradient and Compare-GradientEstimator' {
    It 'is within six standard errors of d/dμ E[(z − 3)²]' {
        $rows = New-NormalDistribution 0.5 1 | Measure-Gradient { $_.sub(3).pow(2) } -Estimator Pathwise, ScoreFunction -Draws 20000 -Seed 4
        $rows | Where-Object Parameter -EQ Loc | ForEach-Object { [Math]::Abs($_.Estimate + 5) | Should -BeLessThan (6 * $_.StandardError) }
    }

    It 'finds the pathwise gradient less noisy than the score function there, and straight-through biased' {
        $rows = New-NormalDistribution 0.5 1 | Compare-GradientEstimator Quadratic -K 3
        ($rows | Where-Object Estimator -EQ ScoreFunction/None).VarianceRatio | ForEach-Object { $_ | Should -BeGreaterThan 5 }
        $bernoulli = New-BernoulliDistribution 0.3 | Compare-GradientEstimator { $_.sub(0.45).pow(2) } -Seed 4
        [Math]::Abs(($bernoulli | Where-Object Estimator -EQ StraightThrough).ZScore) | Should -BeGreaterThan 6
        [Math]::Abs(($bernoulli | Where-Object Estimator -EQ Relax).ZScore) | Should -BeLessThan 6
    }
}
