# Each case is a process of its own: what matters is which module is imported first.
Describe 'The operators of Should' {
    It 'work with Pester <Version>, imported <Order>' -ForEach @(
        foreach ($version in (Get-Module -ListAvailable Pester | Where-Object Version -GE 5.5).Version) {
            @{ Version = $version; Order = 'first' }
            @{ Version = $version; Order = 'last' }
        }
    ) {
        $module = Resolve-Path "$PSScriptRoot/../../module/ReparamPS"
        $tests = Join-Path $TestDrive 'Inner.Tests.ps1'
        Set-Content $tests @'
BeforeAll { Import-Module ReparamPS }
Describe 'all' {
    It 'operators' {
        New-NormalDistribution | Should -HaveReparameterizationGradient
        { param($x) $x.pow(2).sum() } | Should -HaveCorrectGradient -At (New-Tensor 1, 2)
        , (New-Tensor 1, 2) | Should -BeCloseTensor 1, 2
    }
    It 'functions' {
        New-NormalDistribution | Should-HaveReparameterizationGradient
        { param($x) $x.pow(2).sum() } | Should-HaveCorrectGradient -At (New-Tensor 1, 2)
        New-Tensor 1, 2 | Should-BeCloseTensor 1, 2
        (New-Tensor 1).sum() | Should-BeCloseTensor 1
    }
    It 'fails' { { param($x) $x.detach().pow(2) } | Should -HaveCorrectGradient -At 1 }
}
'@
        $imports = "Import-Module Pester -RequiredVersion $Version", "Import-Module '$module'"
        if ($Order -eq 'last') { [array]::Reverse($imports) }
        $text = "`$env:PSModulePath = '$(Split-Path $module)' + [IO.Path]::PathSeparator + `$env:PSModulePath; $($imports -join '; '); " +
            "`$r = Invoke-Pester '$tests' -PassThru -Output None; `"`$(`$r.PassedCount) passed, `$(`$r.FailedCount) failed: `$(`$r.Failed.ErrorRecord)`""
        $out = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command $text 2>&1 | Out-String
        $out | Should -Match '2 passed, 1 failed: .*Expected the gradient of .* to be correct, but'
        $out | Should -Not -Match 'unapproved'
    }
}
