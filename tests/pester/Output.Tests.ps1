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

    It 'is small for <Name>' -TestCases @(
        @{ Name = 'a batch'; Create = { New-NormalDistribution | Invoke-RSample -Count 3 -Seed 1 } }
        @{ Name = 'a transform'; Create = { New-DistributionTransform Exp } }
        @{ Name = 'the environment'; Create = { Get-TorchEnvironment } }
        @{ Name = 'a model'; Create = { New-BayesianModel @{ mu = New-NormalDistribution } { param($p) $p.mu.neg() } } }
        @{ Name = 'a fit'; Create = { New-BayesianModel @{ mu = New-NormalDistribution } { param($p) $p.mu.neg() } | Invoke-VariationalInference -Seed 1 } }
        @{ Name = 'a policy'; Create = { New-LinearPolicy (, (0.1, 0.2)) } }
        @{ Name = 'a VAE'; Create = { $null = Invoke-VaeTraining -Epochs 1 -HiddenSize 4 -Seed 1 -OutPath $TestDrive/vae; Import-VaeModel $TestDrive/vae } }
    ) { (Get-Json (& $Create)).Length | Should -BeLessThan 2000 }

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
