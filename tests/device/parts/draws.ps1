# A seed gives the same numbers on every device: they are drawn on the CPU. What is computed from them on the device differs by rounding.
foreach ($type in @(@{ DType = $double; Name = 'float64'; Tolerance = 1e-9 }, @{ DType = $single; Name = 'float32'; Tolerance = 1e-3 })) {
    Check "every kind, $($type.Name)" {
        $failures = [Collections.Generic.List[string]]::new()
        $worst = 0.0; $count = 0
        foreach ($kind in Get-Kinds) {
            Step $kind.Name
            try {
                $here = Invoke-Sample (New-Example $kind $target $type.DType) 200 -Seed 7 -AsTensor
                $there = Invoke-Sample (New-Example $kind $cpu $type.DType) 200 -Seed 7 -AsTensor
                Assert-That ($here.device.ToString() -eq $target.ToString()) "the draws are on $($here.device)"
                $worst = [Math]::Max($worst, (Assert-Near $here $there $type.Tolerance 'draws'))
                $count++
            }
            catch { $failures.Add("$($kind.Name): $(($_.Exception.Message -split "`n")[0])") }
        }
        Assert-That ($failures.Count -eq 0) ($failures -join '; ')
        "$count kinds; the largest relative difference to the CPU is $($worst.ToString('G3'))"
    }
}
Check 'a seed repeats its draws' {
    $count = 0
    foreach ($kind in Get-Kinds) {
        Step $kind.Name
        $d = New-Example $kind $target
        $first = Invoke-Sample $d 50 -Seed 3 -AsTensor
        Assert-That ((Measure-Distance $first (Invoke-Sample $d 50 -Seed 3 -AsTensor) 1e-300) -eq 0) "$($kind.Name) draws other numbers with the same seed."
        Assert-That ((Measure-Distance $first (Invoke-Sample $d 50 -Seed 4 -AsTensor) 1e-300) -gt 0) "$($kind.Name) draws the same numbers with another seed."
        $count++
    }
    "$count kinds"
}
Check 'moments of 1e6 draws' {
    $b = New-NormalDistribution 1 2 -Device $Device | Invoke-Sample -Count 1000000 -Seed 1
    Assert-That ([Math]::Abs($b.Mean - 1) -lt 0.012 -and [Math]::Abs($b.StdDev - 2) -lt 0.009) "Mean $($b.Mean) and standard deviation $($b.StdDev) are not 1 and 2."
    $p = New-PoissonDistribution 10000 -Device $Device | Invoke-Sample -Count 1000000 -Seed 1
    Assert-That ([Math]::Abs($p.Mean - 10000) -lt 0.6 -and [Math]::Abs($p.StdDev - 100) -lt 0.5) "Mean $($p.Mean) and standard deviation $($p.StdDev) are not 10000 and 100."
    "normal $($b.Mean.ToString('G5')), $($b.StdDev.ToString('G5')); Poisson $($p.Mean.ToString('G7')), $($p.StdDev.ToString('G5'))"
}
