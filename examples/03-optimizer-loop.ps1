<#
.SYNOPSIS
    An optimizer loop at the prompt: parameters, Adam, loss, backward, step and disposal.
.DESCRIPTION
    Part 1 minimizes E[(z - 3)^2] with z ~ N(loc, scale^2) by gradient descent through reparameterized samples. The minimum is loc = 3 with the smallest scale.
    Part 2 fits a normal q(m) to the posterior of a mean m by maximizing the ELBO: prior m ~ N(0, 10^2), data y_i ~ N(m, 1). The posterior is known in closed form,
    N(s2 * sum(y), s2) with s2 = 1 / (1/100 + n), so the fit can be checked.
    Runs in PowerShell 7.4 or later, and without it: dotnet run --project src/ReparamPS.Host -- examples/03-optimizer-loop.ps1
.PARAMETER Steps
    The number of optimizer steps of each part.
#>
param([int] $Steps = 1500)
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }

# A parameter is a leaf tensor that an optimizer may change. The scale is positive, so its logarithm is the parameter.
function New-Parameter([double] $Value) { [TorchSharp.Modules.Parameter]::new((New-Tensor $Value), $true) }
function New-Adam([TorchSharp.Modules.Parameter[]] $Parameter, [double] $LearningRate) { [TorchSharp.torch+optim]::Adam($Parameter, $LearningRate) }

'1. Gradient descent on E[(z - 3)^2]'
$loc = New-Parameter 0
$logScale = New-Parameter 0
$adam = New-Adam $loc, $logScale 0.02
foreach ($step in 1..$Steps) {
    # What a step makes is disposed at its end; the parameters live outside the scope.
    $scope = [TorchSharp.torch]::NewDisposeScope()
    $adam.zero_grad()
    $z = New-NormalDistribution $loc $logScale.exp() | Invoke-RSample -Count 64 -Seed $step -AsTensor
    $loss = $z.sub(3).pow(2).mean()
    $loss.backward()
    $null = $adam.step()
    if ($step -in 1, ($Steps / 2), $Steps) { "   step $step`: loss $($loss.item().ToString('F4')), loc $($loc.item().ToString('F3')), scale $([Math]::Exp($logScale.item()).ToString('F3'))" }
    $scope.Dispose()
}

'2. A variational fit of a posterior that is known'
$y = 2.3, 1.7, 3.1, 2.6, 1.9
$variance = 1 / (1 / 100 + $y.Count)
$mean = $variance * ($y | ForEach-Object { $sum = 0.0 } { $sum += $_ } { $sum })
$data = New-Tensor $y
$prior = New-NormalDistribution 0 10

$loc = New-Parameter 0
$logScale = New-Parameter 0
$adam = New-Adam $loc, $logScale 0.01
foreach ($step in 1..$Steps) {
    $scope = [TorchSharp.torch]::NewDisposeScope()
    $adam.zero_grad()
    $q = New-NormalDistribution $loc $logScale.exp()
    $m = $q | Invoke-RSample -Count 64 -Seed $step -AsTensor
    # ELBO = E[log p(y | m)] - KL(q || prior). Rows are draws of m, columns are data.
    $logLikelihood = New-NormalDistribution $m.unsqueeze(1) 1 | Get-LogProbability -Value $data -AsTensor
    $elbo = $logLikelihood.sum(1).mean() - (Measure-KLDivergence $q $prior -AsTensor)
    $loss = $elbo.neg()
    $loss.backward()
    $null = $adam.step()
    $scope.Dispose()
}
$fitted = $loc.item(), [Math]::Exp($logScale.item())
"   fitted      mean $($fitted[0].ToString('F3')), standard deviation $($fitted[1].ToString('F3'))"
"   closed form mean $($mean.ToString('F3')), standard deviation $([Math]::Sqrt($variance).ToString('F3'))"
if ([Math]::Abs($fitted[0] - $mean) -gt 0.05 -or [Math]::Abs($fitted[1] / [Math]::Sqrt($variance) - 1) -gt 0.1) { throw 'The fit is far from the closed form.' }
