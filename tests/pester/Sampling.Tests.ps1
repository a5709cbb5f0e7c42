BeforeAll { Import-Module "$PSScriptRoot/../../module/ReparamPS" }

Describe 'Invoke-RSample' {
    It 'gives the same draws for the same seed' {
        $first = New-NormalDistribution 1 2 | Invoke-RSample -Count 100 -Seed 5
        $second = New-NormalDistribution 1 2 | Invoke-RSample -Count 100 -Seed 5
        $second.Values | Should -Be $first.Values
    }

    It 'carries the gradient: dz/dloc is 1, dz/dscale is the noise' {
        $normal = New-NormalDistribution 0 1 -RequiresGrad
        $z = $normal | Invoke-RSample -Seed 3 -AsTensor
        $z.backward()
        $normal.Loc.grad.item() | Should -Be 1
        $normal.Scale.grad.item() | Should -Be $z.item()
    }

    It 'gives rows that filter and export as they are' {
        $path = Join-Path $TestDrive 'draws.csv'
        New-NormalDistribution | Invoke-RSample -Count 50 -Seed 1 -Expand | Where-Object Value -GT 0 | Export-Csv $path
        $rows = Import-Csv $path
        $rows.Count | Should -BeGreaterThan 10
        $rows | ForEach-Object { [double]$_.Value | Should -BeGreaterThan 0 }
    }

    It 'says what to use instead where there is no rsample' {
        { New-BernoulliDistribution 0.5 | Invoke-RSample -ErrorAction Stop } | Should -Throw '*Invoke-Sample*RelaxedBernoulli*'
    }
}

Describe 'New-NormalDistribution' {
    It 'takes its parameters from a CSV file' {
        $path = Join-Path $TestDrive 'parameters.csv'
        "Loc,Scale`n1,2`n-3,0.5" | Set-Content $path
        $made = Import-Csv $path | New-NormalDistribution
        $made.Count | Should -Be 2
        $made[1].Loc.item() | Should -Be -3
    }

    It 'refuses a negative scale and names it' {
        { New-NormalDistribution 0 -1 -ErrorAction Stop } | Should -Throw 'Scale must be positive; got -1.'
    }
}
