# Assertions for tests: plain functions, which need no framework, and operators of Pester's Should, whichever module is imported first.
# This file is the first of the module that runs, so it also says why the assembly cannot be loaded.
function New-ImportError([string]$Id, [string]$Category, [string]$Message) {
    [System.Management.Automation.ErrorRecord]::new([System.InvalidOperationException]::new($Message), $Id, $Category, $PSScriptRoot)
}

try { Import-Module "$PSScriptRoot/bin/ReparamPS.Cmdlets.dll" -ErrorAction Stop }
catch {
    if (-not [System.IO.File]::Exists("$PSScriptRoot/bin/ReparamPS.Cmdlets.dll")) {
        throw New-ImportError ModuleNotBuilt ObjectNotFound "The module in '$PSScriptRoot' is not built: bin/ReparamPS.Cmdlets.dll does not exist. Run 'dotnet build -c Release' in the top folder of the repository."
    }
    # .NET refuses a second build of a loaded assembly; the class is that of the first.
    if (-not ('ReparamPS.Cmdlets.Common.ModuleCopy' -as [type])) { throw }
}
if ($conflict = [ReparamPS.Cmdlets.Common.ModuleCopy]::FindConflict($PSScriptRoot)) { throw New-ImportError ModuleAlreadyLoaded ResourceExists $conflict }

# A fault is text; $null means that the assertion holds.
function Find-ReparameterizationFault($Actual, [string]$Method, [long]$Seed, $Tolerance) {
    if ($null -eq $Actual -or @($Actual).Count -eq 0) { throw [System.ArgumentException]::new('HaveReparameterizationGradient needs a distribution; got nothing.') }
    $arguments = @{ Method = $Method; Seed = $Seed }
    if ($null -ne $Tolerance) { $arguments.Tolerance = $Tolerance }
    try {
        $rows = @($Actual | Test-ReparameterizationGradient @arguments -ErrorAction Stop)
    } catch {
        # That a check cannot be done says nothing of the gradient.
        if ($_.Exception -isnot [ReparamPS.Distributions.NotReparameterizableException]) { throw }
        return $_.Exception.Message
    }
    if ($rows.Count -eq 0) { return $Actual -is [ReparamPS.Distributions.Distribution] ? 'there is none' : 'it is not reparameterized (has_rsample is false)' }
    Join-Fault $rows.Where{ -not $_.Passed }.ForEach{
        $place = "$($_.Parameter)[$($_.Index)]"
        # Without numbers, the reason alone says what is wrong.
        if ([double]::IsNaN($_.Analytic) -or [double]::IsNaN($_.Reference)) { "at ${place}: $($_.Reason)" }
        else { "the gradient with respect to $place is $(Get-Number $_.Analytic $_.Reference) instead of $(Get-Number $_.Reference $_.Analytic): $($_.Reason)" }
    }
}

function Find-GradientFault($Actual, $At, [int]$Order, $AbsoluteTolerance, $RelativeTolerance, [long]$Seed) {
    if ($null -eq $Actual) { throw [System.ArgumentException]::new('Actual must be a function, as a script block or a delegate; got nothing.') }
    if ($Actual -isnot [scriptblock] -and $Actual -isnot [delegate]) { throw [System.ArgumentException]::new("Actual must be a function, as a script block or a delegate; got '$Actual'. $(if ($Actual -is [ReparamPS.Distributions.Distribution]) { 'For a distribution, use Should -HaveReparameterizationGradient.' } else { 'The first argument without a name is -At, so pipe the function.' })") }
    if ($null -eq $At) { throw [System.ArgumentException]::new('At is missing: the point at which the gradient is checked, such as -At (New-Tensor 1, 2).') }
    $arguments = @{ Order = $Order; Seed = $Seed }
    if ($null -ne $AbsoluteTolerance) { $arguments.AbsoluteTolerance = $AbsoluteTolerance }
    if ($null -ne $RelativeTolerance) { $arguments.RelativeTolerance = $RelativeTolerance }
    try { $rows = @(Test-Gradient $Actual $At @arguments -ErrorAction Stop) }
    catch {
        if ($_.Exception.Message -notmatch '\bInputTensor\b') { throw }
        throw [System.ArgumentException]::new(($_.Exception.Message -replace '\bInputTensor\b', 'At'))
    }
    Join-Fault $rows.Where{ -not $_.Passed }.ForEach{
        $place = "$($_.Input)$(if ($_.Position -notin 'all', '[]') { $_.Position })"
        $what = if ($_.Order -eq 2) { 'second derivative' } else { 'gradient' }
        # Without numbers, the reason alone says what is wrong.
        if ([double]::IsNaN($_.Analytic) -or [double]::IsNaN($_.Numeric)) { "at ${place}: $($_.Reason)" }
        else { "the $what with respect to $place is $(Get-Number $_.Analytic $_.Numeric) instead of $(Get-Number $_.Numeric $_.Analytic): $($_.Reason)" }
    }
}

# One fault ends the sentence; several have a line each.
function Join-Fault([string[]]$Faults) {
    if ($Faults.Count -lt 2) { return "$Faults" }
    "there are $($Faults.Count) faults:" + (($Faults.ForEach{ "`
  $_" }) -join ';')
}

# Six digits, or all if another number would look the same.
function Get-Number([double]$Value, [double]$Other) {
    $text, $otherText = ($Value, $Other).ForEach{ $_.ToString('G6', [cultureinfo]::InvariantCulture) }
    if ($text -eq $otherText) { $Value.ToString('R', [cultureinfo]::InvariantCulture) } else { $text }
}

function Get-Because([string]$Because) { if ($Because) { " because $($Because -replace '^because\s+')," } else { '' } }

function Get-Result([string]$Fault, [switch]$Negate, [string]$Expected, [string]$NotExpected) {
    [pscustomobject]@{ Succeeded = [bool]$Fault -eq [bool]$Negate; FailureMessage = $Negate ? $NotExpected : "$Expected $($Fault.TrimEnd('.'))." }
}

$operators = [ordered]@{
    HaveReparameterizationGradient = {
        param($ActualValue, [switch]$Negate, [string]$Because, [string]$Method = 'Auto', [long]$Seed = 0, [Nullable[double]]$Tolerance, $CallerSessionState)
        $fault = Find-ReparameterizationFault $ActualValue $Method $Seed $Tolerance
        Get-Result $fault -Negate:$Negate "Expected $ActualValue to have a right reparameterization gradient,$(Get-Because $Because) but" "Expected the gradient of $ActualValue to be wrong,$(Get-Because $Because) but it is right."
    }
    HaveCorrectGradient = {
        param($ActualValue, $At, [switch]$Negate, [string]$Because, [int]$Order = 1, [Nullable[double]]$AbsoluteTolerance, [Nullable[double]]$RelativeTolerance, [long]$Seed = 0, $CallerSessionState)
        $fault = Find-GradientFault $ActualValue $At $Order $AbsoluteTolerance $RelativeTolerance $Seed
        Get-Result $fault -Negate:$Negate "Expected the gradient of {$ActualValue} to be correct,$(Get-Because $Because) but" "Expected the gradient of {$ActualValue} to be wrong,$(Get-Because $Because) but it is correct."
    }
    BeCloseTensor = {
        param($ActualValue, $ExpectedValue, [double]$RelativeTolerance = 1e-7, [double]$AbsoluteTolerance = 1e-7, [switch]$Negate, [string]$Because, $CallerSessionState)
        # PowerShell would add the name of the method to its error.
        try { $fault = [ReparamPS.Cmdlets.Common.TensorComparison]::Describe($ActualValue, $ExpectedValue, $RelativeTolerance, $AbsoluteTolerance) }
        catch { throw ($_.Exception.GetBaseException().Message -replace " \(Parameter '[^']*'\)$") }
        Get-Result $fault -Negate:$Negate "Expected tensors that are close,$(Get-Because $Because) but" "Expected tensors that differ,$(Get-Because $Because) but they are close."
    }
}

# Without this, an assertion whose pipeline is empty, as after a misspelt variable or an error, would pass.
function Assert-Each([string]$Operator, [object[]]$Actual, [hashtable]$Arguments) {
    # A pipeline splits a list of numbers, and a matrix into its rows.
    if ($Operator -eq 'BeCloseTensor' -and $Actual.Count -gt 1 -and $Actual.Where{ $_ -isnot [System.ValueType] -and $_ -isnot [string] -and $_ -isnot [System.Collections.IList] }.Count -eq 0) { $Actual = , $Actual }
    if ($Actual.Count -eq 0) { $Actual = , $null }
    foreach ($one in $Actual) { Assert-Result (& $operators[$Operator] $one @Arguments) }
}

function Assert-Result($Result) {
    if ($Result.Succeeded) { return }
    throw [System.Management.Automation.ErrorRecord]::new([System.Exception]::new($Result.FailureMessage), 'PesterAssertionFailed', 'InvalidResult', $null)
}

function Assert-ReparameterizationGradient {
    <#
    .SYNOPSIS
        Asserts that the gradients of a distribution's reparameterized samples are right.
    .DESCRIPTION
        Runs the check of Test-ReparameterizationGradient. If all gradients are right, it returns nothing; if one is wrong, it throws an error that contains the reasons.
        Should-HaveReparameterizationGradient is an alias of this command; both names work with and without Pester. In Pester 5.5 or later, you can also write Should -HaveReparameterizationGradient.
    .PARAMETER Actual
        A distribution, the name of a kind of distribution, such as Gamma, or a row of Get-DistributionType.
    .PARAMETER Method
        The method, as in Test-ReparameterizationGradient. Allowed: Auto, FrozenNoise, Implicit, Expectation. Default: Auto.
    .PARAMETER Seed
        The seed. Default: 0.
    .PARAMETER Tolerance
        The largest relative error that passes. Default: that of the method.
    .PARAMETER Because
        Your own text that says why the assertion should hold. It is added to the failure message.
    .EXAMPLE
        New-NormalDistribution 0 1 | Should-HaveReparameterizationGradient
    .EXAMPLE
        New-GammaDistribution 2 1 | Should-HaveReparameterizationGradient -Method Implicit -Seed 3
    #>
    [CmdletBinding()]
    [Alias('Should-HaveReparameterizationGradient')]
    param([Parameter(Mandatory, ValueFromPipeline, Position = 0)][AllowNull()][AllowEmptyString()][AllowEmptyCollection()]$Actual, [string]$Method = 'Auto', [long]$Seed = 0, [Nullable[double]]$Tolerance, [string]$Because)
    begin { $all = [System.Collections.Generic.List[object]]::new() }
    process { $all.Add($Actual) }
    end { Assert-Each HaveReparameterizationGradient $all @{ Method = $Method; Seed = $Seed; Tolerance = $Tolerance; Because = $Because } }
}

function Assert-CorrectGradient {
    <#
    .SYNOPSIS
        Asserts that the gradient of a function or loss agrees with finite differences.
    .DESCRIPTION
        Runs the check of Test-Gradient. If the gradient agrees, it returns nothing; if not, it throws an error that contains the reasons.
        Should-HaveCorrectGradient is an alias of this command; both names work with and without Pester. In Pester 5.5 or later, you can also write Should -HaveCorrectGradient.
    .PARAMETER Actual
        The function: a script block or a delegate of tensors. Pipe it, or name the parameter -Actual, because the first argument without a name is -At.
    .PARAMETER At
        The point: one tensor, number or nested array per parameter of the function. For a function of one parameter, a list of numbers is one vector.
    .PARAMETER Order
        The order of derivatives: 1 checks the gradient; 2 also checks the second derivatives. Allowed: 1 or 2. Default: 1.
    .PARAMETER AbsoluteTolerance
        The absolute part of the tolerance, as in Test-Gradient. Default: 1e-5.
    .PARAMETER RelativeTolerance
        The part of the tolerance that is relative to the numeric derivative, as in Test-Gradient. Default: 1e-3.
    .PARAMETER Seed
        The seed of the random numbers that -Order 2 needs (see Test-Gradient). Default: 0.
    .PARAMETER Because
        Your own text that says why the assertion should hold. It is added to the failure message.
    .EXAMPLE
        { param($x) $x.pow(2).sum() } | Should-HaveCorrectGradient -At (New-Tensor 1, 2)
    .EXAMPLE
        { param($x, $w) $x.matmul($w).tanh().sum() } | Should-HaveCorrectGradient -At (New-Tensor (1, 2), (3, 4)), (New-Tensor 0.5, -0.5) -Order 2
    #>
    [CmdletBinding()]
    [Alias('Should-HaveCorrectGradient')]
    param([Parameter(Mandatory, Position = 0)]$At, [Parameter(Mandatory, ValueFromPipeline, Position = 1)][AllowNull()][AllowEmptyString()][AllowEmptyCollection()]$Actual, [int]$Order = 1, [Nullable[double]]$AbsoluteTolerance, [Nullable[double]]$RelativeTolerance, [long]$Seed = 0, [string]$Because)
    begin { $all = [System.Collections.Generic.List[object]]::new() }
    process { $all.Add($Actual) }
    end { Assert-Each HaveCorrectGradient $all @{ At = $At; Order = $Order; AbsoluteTolerance = $AbsoluteTolerance; RelativeTolerance = $RelativeTolerance; Seed = $Seed; Because = $Because } }
}

function Assert-CloseTensor {
    <#
    .SYNOPSIS
        Asserts that a tensor has the shape and, within tolerances, the numbers of another.
    .DESCRIPTION
        Passes if the shapes are equal and |actual − expected| ≤ AbsoluteTolerance + RelativeTolerance · |expected| for all elements. This is the formula of torch.testing.assert_close; as there, NaN does not equal NaN. Differences of integers are exact, however large the integers are.
        Should-BeCloseTensor is an alias of this command; both names work with and without Pester. In Pester 5.5 or later, you can also write: $x | Should -BeCloseTensor $expected.
    .PARAMETER Expected
        The expected tensor, or numbers.
    .PARAMETER Actual
        The tensor, or numbers. Numbers or rows from the pipeline are joined into one array. The pipeline unwraps an array that holds only one number or row, so give such an array as -Actual.
    .PARAMETER RelativeTolerance
        The allowed error relative to the expected value. Default: 1e-7.
    .PARAMETER AbsoluteTolerance
        The allowed absolute error, in addition. Default: 1e-7.
    .PARAMETER Because
        Your own text that says why the assertion should hold. It is added to the failure message.
    .EXAMPLE
        (New-Tensor 1, 2).pow(2) | Should-BeCloseTensor 1, 4
    .EXAMPLE
        (New-Tensor 1, 2, 3).mean() | Should-BeCloseTensor 2.001 -RelativeTolerance 1e-3
    #>
    [CmdletBinding()]
    [Alias('Should-BeCloseTensor')]
    param([Parameter(Mandatory, Position = 0)]$Expected, [Parameter(Mandatory, ValueFromPipeline, Position = 1)][AllowNull()][AllowEmptyString()][AllowEmptyCollection()]$Actual, [double]$RelativeTolerance = 1e-7, [double]$AbsoluteTolerance = 1e-7, [string]$Because)
    begin { $all = [System.Collections.Generic.List[object]]::new() }
    process { $all.Add($Actual) }
    end { Assert-Each BeCloseTensor $all @{ ExpectedValue = $Expected; RelativeTolerance = $RelativeTolerance; AbsoluteTolerance = $AbsoluteTolerance; Because = $Because } }
}

# Runs when Should is looked up in a Pester that does not have the operators yet: Pester may be imported after this module, or again.
$ExecutionContext.SessionState.InvokeCommand.PostCommandLookupAction = [ReparamPS.Cmdlets.Common.PesterLookup]::Watch(
    $ExecutionContext.SessionState.InvokeCommand.PostCommandLookupAction,
    {
        param($Pester)
        foreach ($name in $operators.Keys) {
            & $Pester {
                param($Name, $Test)
                if (-not (Get-ShouldOperator).Where{ $_.Name -eq $Name }) { Add-ShouldOperator -Name $Name -InternalName "Should-$Name" -Test $Test }
            } $name $operators[$name]
        }
    })

# Pester's verb is not one that PowerShell approves, so those names are aliases.
Export-ModuleMember -Function Assert-ReparameterizationGradient, Assert-CorrectGradient, Assert-CloseTensor -Alias Should-HaveReparameterizationGradient, Should-HaveCorrectGradient, Should-BeCloseTensor
