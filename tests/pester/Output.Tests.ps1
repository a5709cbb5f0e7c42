BeforeDiscovery { Import-Module "$PSScriptRoot/../../module/ReparamPS" }

BeforeAll {
    Import-Module "$PSScriptRoot/../../module/ReparamPS"
    function Get-Json($Object) { $warnings = $null; $json = $Object | ConvertTo-Json -WarningVariable warnings -WarningAction SilentlyContinue; $warnings | Should -BeNullOrEmpty; $json }
}

Describe 'ConvertTo-Json' {
    It 'shows the parameters of a distribution as numbers, in less than 1 KB' {
        $json = Get-Json (New-NormalDistribution 2 3)
        $json.Length | Should -BeLessThan 1024
        $read = $json | ConvertFrom-Json
        $read.Name | Should -Be 'Normal'
        $read.Loc.Values | Should -Be 2
        $read.Scale.Values | Should -Be 3
    }

    It 'shows a tensor as numbers, also within other objects' {
        $tensor = New-Tensor ((1, 2), (3, 4))
        $read = Get-Json @{ Given = $tensor; Square = $tensor.pow(2) } | ConvertFrom-Json
        $read.Given.Values | Should -Be 1, 2, 3, 4
        $read.Given.shape | Should -Be 2, 2
        $read.Square.Values | Should -Be 1, 4, 9, 16
    }

    It 'is less than 1 KB for <Name>' -ForEach ([ReparamPS.Distributions.DistributionCatalog]::All) {
        (Get-Json $_.CreateExample()).ReplaceLineEndings("`n").Length | Should -BeLessOrEqual 1024
    }

    It 'shows the numbers of parts of a distribution as text' {
        $mixture = [ReparamPS.Distributions.DistributionCatalog]::All.Where{ $_.Name -eq 'MixtureSameFamily' }[0].CreateExample()
        $read = Get-Json $mixture | ConvertFrom-Json
        $read.Text | Should -Be 'MixtureSameFamily(Categorical(Probs: [0.3, 0.7]), Normal(Loc: [-1, 1.5], Scale: [0.5, 1]))'
        $read.ComponentDistribution.Name | Should -Be 'Normal'
    }

    It 'writes names of enumerations, which compare as before' {
        $row = Test-Gradient { param($x) $x.pow(2).sum() } 1.0
        (Get-Json $row | ConvertFrom-Json).Verdict | Should -Be 'Agrees'
        $row.Verdict | Should -BeOfType ReparamPS.Gradients.GradientCheckVerdict
        $row.Verdict -eq 'Agrees' | Should -BeTrue
        @($row | Where-Object Verdict -EQ ([ReparamPS.Gradients.GradientCheckVerdict]::Agrees)).Count | Should -Be 1
        $read = Get-Json (New-NormalDistribution) | ConvertFrom-Json
        $read.DType | Should -Be 'Float64'
        $read.Device.type | Should -Be 'CPU'
        (Get-Json @(New-NormalDistribution | Invoke-RSample -Seed 1 -Generator Philox) | ConvertFrom-Json).Generator | Should -Be 'Philox'
    }

    It 'keeps the shape of matrices in ParameterValues' {
        $d = New-MultivariateNormalDistribution (0, 0) -CovarianceMatrix ((2, 0.5), (0.5, 1))
        (Get-Json $d.ParameterValues) -replace '\s' | Should -Be '{"Loc":[0.0,0.0],"CovarianceMatrix":[[2.0,0.5],[0.5,1.0]]}'
    }

    It 'leaves facts about the kind in reach' {
        $d = New-NormalDistribution
        $d.HasCdf | Should -BeTrue
        $d.Type.Cmdlet | Should -Be 'New-NormalDistribution'
        $d.Parameters.Name | Should -Be 'Loc', 'Scale'
    }

    It 'is small for <Name>' -TestCases @(
        @{ Name = 'a batch'; Create = { New-NormalDistribution | Invoke-RSample -Count 3 -Seed 1 } }
        @{ Name = 'a transform'; Create = { New-DistributionTransform Exp } }
        @{ Name = 'a kind'; Create = { (New-NormalDistribution).Type } }
        @{ Name = 'a row of the catalog'; Create = { Get-DistributionType TruncatedNormal } }
        @{ Name = 'a custom distribution'; Create = { New-CustomDistribution Wide @{ Width = 3.0 } -Support 'in [0, Width]' -Quantile { param($p, $q) $p.Width * $q } } }
        @{ Name = 'a control problem'; Create = { New-ControlProblem Pendulum } }
        @{ Name = 'a control problem of blocks'; Create = { New-ControlProblem -Dynamics { param($x, $u) $x + $u } -Cost { param($x, $u) ($x * $x).sum(-1) } -StateSize 1 -ActionSize 1 -InitialState (New-NormalDistribution) } }
        @{ Name = 'a comparison'; Create = { (New-NormalDistribution | Compare-GradientEstimator { param($z) $z * $z } -Seed 1)[0] } }
        @{ Name = 'a gradient check'; Create = { (New-NormalDistribution | Test-ReparameterizationGradient -Seed 1)[0] } }
        @{ Name = 'a neural policy'; Create = { New-NeuralPolicy } }
        @{ Name = 'a posterior'; Create = { (New-BayesianModel @{ mu = New-NormalDistribution; s = New-HalfNormalDistribution } { param($p) $p.mu.neg() } | Invoke-VariationalInference -Seed 1).Posterior } }
        @{ Name = 'a run'; Create = { (New-ExperimentGrid @{ a = 1, 2 } | Invoke-ExperimentSweep $TestDrive/sweep { param($a) [pscustomobject]@{ loss = $a } })[0] } }
        @{ Name = 'an image'; Create = { $null = Invoke-VaeTraining -Epochs 1 -HiddenSize 4 -Seed 1 -OutPath $TestDrive/image -Force; (Invoke-VaeSampling $TestDrive/image -Count 1 -Seed 1) | Select-Object * -ExcludeProperty Pixels } }
        @{ Name = 'the environment'; Create = { Get-TorchEnvironment } }
        @{ Name = 'a model'; Create = { New-BayesianModel @{ mu = New-NormalDistribution } { param($p) $p.mu.neg() } } }
        @{ Name = 'a fit'; Create = { New-BayesianModel @{ mu = New-NormalDistribution } { param($p) $p.mu.neg() } | Invoke-VariationalInference -Seed 1 } }
        @{ Name = 'a policy'; Create = { New-LinearPolicy (, (0.1, 0.2)) } }
        @{ Name = 'a VAE'; Create = { $null = Invoke-VaeTraining -Epochs 1 -HiddenSize 4 -Seed 1 -OutPath $TestDrive/vae; Import-VaeModel $TestDrive/vae } }
    ) { (Get-Json (& $Create)).ReplaceLineEndings("`n").Length | Should -BeLessOrEqual 1024 }

    It 'is a flat row for an epoch' {
        $row = Invoke-VaeTraining -Epochs 1 -HiddenSize 4 -Seed 1
        (Get-Json $row).Substring(1) | Should -Not -Match '[\[{]'
    }

    It 'leaves what is hidden there in reach' {
        $fit = New-BayesianModel @{ mu = New-NormalDistribution } { param($p) $p.mu.neg() } | Invoke-VariationalInference -Seed 1
        $fit.Posterior.Name | Should -Be 'MultivariateNormal'
        $fit.Trace.Count | Should -Be $fit.TotalEvaluations
        (New-NormalDistribution | Invoke-RSample -Count 3).Distribution.Name | Should -Be 'Normal'
        (New-Tensor 1, 2).T.Values | Should -Be 1, 2
    }
}

Describe 'Tensors as text' {
    It 'are their numbers in strings and CSV cells' {
        $tensor = New-Tensor 0.1, 0.2
        "$tensor" | Should -Be '[0.1, 0.2]'
        "$($tensor.sum())" | Should -Match '^0\.3'
        ([pscustomobject]@{ Draws = $tensor } | ConvertTo-Csv)[1] | Should -Be '"[0.1, 0.2]"'
        "$(New-Tensor (1..30))" | Should -Be '[1, 2, 3, 4, 5, 6, …] float64 [30]'
    }
}

Describe 'Completion of columns' {
    It 'infers <Expected> from <Line>' -ForEach @(
        @{ Line = 'Get-Process | Sort-Object Id | Show-Chart WorkingSet6'; Expected = 'WorkingSet64' }
        @{ Line = '[pscustomobject]@{ Rate = 1; Loss = 2 } | Select-Object Loss | Show-Chart '; Expected = 'Loss' }
        @{ Line = 'Invoke-VaeTraining | Show-Chart Epo'; Expected = 'Epoch', 'Epochs' }
    ) { (TabExpansion2 $Line $Line.Length).CompletionMatches.CompletionText | Should -Be $Expected }
}
