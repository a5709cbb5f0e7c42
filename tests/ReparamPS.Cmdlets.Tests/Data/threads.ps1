# Runspaces compute sums with known results while this thread collects garbage. Prints the rounds, and what was wrong.
param([string]$Module, [int]$Seconds, [int]$Runspaces)

$work = {
    param($Module, $until)
    Import-Module $Module
    $d = New-NormalDistribution 0 1 -RequiresGrad
    $rounds = 0
    $wrong = @()
    while ([DateTime]::UtcNow -lt $until) {
        $p = New-Tensor 1, 2, 3 -RequiresGrad
        $p.pow(3).sum().backward()
        $q = $d | Invoke-RSample -Count 100 -Seed 1 -AsTensor
        $pair = [TorchSharp.torch+Tensor[]]@((New-Tensor 1, 2), (New-Tensor 3, 4))
        $found = @(
            (New-Tensor 1, 2, 3).pow(2).sum().item()
            (New-Tensor 1, 2, 3).add(2).mul(3).sub(1).sum().item()
            [TorchSharp.torch]::ones([long[]](4, 3)).matmul([TorchSharp.torch]::ones([long[]](3, 2))).sum().item()
            $p.grad.sum().item()
            [TorchSharp.torch]::cat($pair, 0).clamp(2, 3).sum().item()
            $q.exp().log().sub($q).abs().max().lt(1e-12).item()
        ) -join ' '
        if ($found -ne '14 33 24 42 10 True') { $wrong += $found }
        $rounds++
    }
    "rounds`t$rounds"
    $wrong | ForEach-Object { "wrong`t$_" }
}
Import-Module $Module
$null = New-Tensor 1
$until = [DateTime]::UtcNow.AddSeconds($Seconds)
$running = foreach ($n in 1..$Runspaces) {
    $shell = [powershell]::Create([System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault2())
    $null = $shell.AddScript("$work").AddArgument($Module).AddArgument($until)
    @{ Shell = $shell; Started = $shell.BeginInvoke() }
}
while ([DateTime]::UtcNow -lt $until) { [GC]::Collect(); [GC]::WaitForPendingFinalizers() }
foreach ($one in $running) {
    $one.Shell.EndInvoke($one.Started) | ForEach-Object { [Console]::WriteLine($_) }
    $one.Shell.Streams.Error | ForEach-Object { [Console]::WriteLine("wrong`t$_") }
}
[Console]::WriteLine('end')
