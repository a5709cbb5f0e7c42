Check 'pathwise gradient' {
    $d = New-NormalDistribution 0.5 1.5 -RequiresGrad -Device $Device
    $z = $d | Invoke-RSample -Count 100000 -Seed 1 -AsTensor
    $z.square().mean().backward()
    $e = New-NormalDistribution 0.5 1.5 -RequiresGrad
    $w = $e | Invoke-RSample -Count 100000 -Seed 1 -AsTensor
    $w.square().mean().backward()
    $null = Assert-Near $d.Loc.grad $e.Loc.grad 1e-9 'Loc'
    $null = Assert-Near $d.Scale.grad $e.Scale.grad 1e-9 'Scale'
    "2 mu = $($d.Loc.grad.item().ToString('G5')), 2 sigma = $($d.Scale.grad.item().ToString('G5'))"
}
Check 'Test-Gradient' {
    $rows = @(Test-Gradient { param($x, $w) $x.matmul($w).tanh().sum() } @(@(0.1, 0.2), @(0.3, 0.4)), @(0.5, -0.5) -Device $Device -Order 2 -NondeterminismTolerance 1e-12)
    Assert-That ($rows.Count -gt 1 -and -not $rows.Where({ -not $_.Passed })) "$($rows | ForEach-Object { "$($_.Verdict)" })"
    "$($rows.Count) rows"
}
Check 'Test-Gradient finds a wrong one' {
    $rows = @(Test-Gradient { param($x) $x.mul($x.detach()).sum() } (New-Tensor 1, 2 -Device $Device))
    Assert-That ($rows.Where({ -not $_.Passed }).Count -gt 0) 'A wrong gradient passed.'
}
# The slow ones are among these, so they come last.
foreach ($kind in @(Get-Kinds).Where({ $_.HasRSample })) {
    Check "gradient of $($kind.Name)" {
        $rows = @(Test-ReparameterizationGradient $kind -Device $Device)
        $failed = @($rows.Where({ -not $_.Passed }))
        Assert-That ($failed.Count -eq 0 -and $rows.Count -gt 0) (@($failed | ForEach-Object { "$($_.Parameter)[$($_.Index)]: $($_.Reason)" }) -join '; ')
        "$($rows.Count) elements, $($rows[0].Method)"
    }
}
