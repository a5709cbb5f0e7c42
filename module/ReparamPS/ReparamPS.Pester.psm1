# Operators for Pester's Should, added where Pester is loaded before this module, as it is inside a *.Tests.ps1 file (else: Import-Module ReparamPS -Force).
Export-ModuleMember
if (-not (Get-Module Pester)) { return }
Import-Module "$PSScriptRoot/bin/ReparamPS.Cmdlets.dll"

function Should-HaveReparameterizationGradient {
    <#
    .SYNOPSIS
        Asserts that the gradients of a distribution's reparameterized samples are right (Test-ReparameterizationGradient).
    .EXAMPLE
        New-NormalDistribution 0 1 | Should -HaveReparameterizationGradient
    .EXAMPLE
        New-GammaDistribution 2 1 | Should -HaveReparameterizationGradient -Method Implicit -Seed 3
    #>
    param($ActualValue, [switch]$Negate, [string]$Because, [string]$Method = 'Auto', [long]$Seed = 0, [Nullable[double]]$Tolerance, $CallerSessionState)
    if ($null -eq $ActualValue -or @($ActualValue).Count -eq 0) { throw [System.ArgumentException]::new('Should -HaveReparameterizationGradient needs a distribution; got nothing.') }
    $arguments = @{ Method = $Method; Seed = $Seed }
    if ($null -ne $Tolerance) { $arguments.Tolerance = $Tolerance }
    $reason = if ($Because) { " because $($Because -replace '^because\s+')," } else { '' }
    try {
        $rows = @($ActualValue | Test-ReparameterizationGradient @arguments -ErrorAction Stop)
        $wrong = @($rows | Where-Object { -not $_.Passed })
        $right = $rows.Count -gt 0 -and $wrong.Count -eq 0
        $found = if ($rows.Count -eq 0) { 'there is none' } else { ($wrong | ForEach-Object { "$($_.Parameter)[$($_.Index)]: $($_.Reason)" }) -join '; ' }
    } catch {
        # That a check can't be done says nothing of the gradient.
        if ($_.Exception -isnot [ReparamPS.Distributions.NotReparameterizableException]) { throw }
        $right = $false
        $found = $_.Exception.Message
    }
    $message = if ($Negate) { "Expected the gradient of $ActualValue to be wrong,$reason but it is right." } else { "Expected $ActualValue to have a right reparameterization gradient,$reason but $found." }
    [pscustomobject]@{ Succeeded = $right -ne [bool]$Negate; FailureMessage = $message }
}

function Should-BeCloseTensor {
    <#
    .SYNOPSIS
        Asserts that a tensor has the shape of another and that |actual − expected| ≤ AbsoluteTolerance + RelativeTolerance · |expected| everywhere, as torch.testing.assert_close does.
    .EXAMPLE
        $z.grad | Should -BeCloseTensor 1, 2, 3
    .EXAMPLE
        $mean | Should -BeCloseTensor $expected -RelativeTolerance 1e-3
    #>
    param($ActualValue, $ExpectedValue, [double]$RelativeTolerance = 1e-7, [double]$AbsoluteTolerance = 1e-7, [switch]$Negate, [string]$Because, $CallerSessionState)
    $difference = [ReparamPS.Cmdlets.Common.TensorComparison]::Describe($ActualValue, $ExpectedValue, $RelativeTolerance, $AbsoluteTolerance)
    $reason = if ($Because) { " because $($Because -replace '^because\s+')," } else { '' }
    $message = if ($Negate) { "Expected tensors that differ,$reason but they are close." } else { "Expected tensors that are close,$reason but $difference." }
    [pscustomobject]@{ Succeeded = ($null -eq $difference) -ne [bool]$Negate; FailureMessage = $message }
}

foreach ($name in 'HaveReparameterizationGradient', 'BeCloseTensor') {
    if (-not (Get-ShouldOperator | Where-Object Name -EQ $name)) {
        Add-ShouldOperator -Name $name -InternalName "Should-$name" -Test (Get-Item "function:Should-$name").ScriptBlock
    }
}
