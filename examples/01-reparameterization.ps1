<#
.SYNOPSIS
    The reparameterization trick, step by step: what an rsample is, and how its gradient reaches loc and scale.
.DESCRIPTION
    Runs in PowerShell 7.4 or later, and without it:
    dotnet run --project src/ReparamPS.Host -- examples/01-reparameterization.ps1
#>
$ErrorActionPreference = 'Stop'
if (-not (Get-Module ReparamPS)) { Import-Module "$PSScriptRoot/../module/ReparamPS" }

'1. A standard normal whose loc and scale require gradients'
$loc = New-Tensor 0 -RequiresGrad
$scale = New-Tensor 1 -RequiresGrad
$normal = New-NormalDistribution -Loc $loc -Scale $scale
"   $normal"
"   loc.requires_grad   = $($loc.requires_grad)"
"   scale.requires_grad = $($scale.requires_grad)"

''
'2. It can be reparameterized: z = loc + scale * eps, with eps ~ N(0, 1)'
"   HasRSample          = $($normal.HasRSample)"
"   Reparameterization  = $($normal.Reparameterization)"
"   reaches             = $($normal.ReparameterizedParameters -join ', ')"

''
'3. An rsample carries a gradient; an ordinary sample does not'
$z = $normal | Invoke-RSample -Seed 42 -AsTensor
$detached = $normal | Invoke-Sample -Seed 42 -AsTensor
"   rsample: $($z.item()), RequiresGrad $($z.requires_grad)"
"   sample:  $($detached.item()), RequiresGrad $($detached.requires_grad)"

''
'4. The gradient reaches loc and scale'
$z.backward()
$epsilon = ($z.item() - $loc.item()) / $scale.item()
"   dz/dloc   = $($loc.grad.item()), and must be 1"
"   dz/dscale = $($scale.grad.item()), and must be eps = $epsilon"

''
'5. So an expectation can be differentiated through its samples: d/dloc E[z^2] = 2 loc, d/dscale E[z^2] = 2 scale'
$wide = New-NormalDistribution -Loc 1 -Scale 2 -RequiresGrad
$draws = $wide | Invoke-RSample -Count 100000 -Seed 7 -AsTensor
$draws.pow(2).mean().backward()
"   estimated d/dloc   = $($wide.Loc.grad.item().ToString('F3')), exact 2"
"   estimated d/dscale = $($wide.Scale.grad.item().ToString('F3')), exact 4"

''
'6. A Bernoulli has no rsample: its samples jump between 0 and 1'
$coin = New-BernoulliDistribution -Probs 0.5
"   $coin"
"   HasRSample          = $($coin.HasRSample)"
try { $coin | Invoke-RSample -ErrorAction Stop }
catch { "   Invoke-RSample says: $($_.Exception.Message)" }
"   Invoke-Sample:        $(($coin | Invoke-Sample -Count 10 -Seed 1).Values -join ' ')"
