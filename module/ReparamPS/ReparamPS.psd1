@{
    RootModule           = 'bin/ReparamPS.Cmdlets.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '5f0a1f0e-6a0f-4a6e-9a5e-3f1c2f0d7b14'
    Author               = 'The ReparamPS authors'
    Copyright            = 'Copyright (c) 2026 The ReparamPS authors. MIT licence.'
    Description          = 'The reparameterization trick in the pipeline: distributions, gradient checks, reparameterized sampling and VAE runs.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    # The type file names a class of this assembly, which must be there before it is read.
    RequiredAssemblies   = @('bin/ReparamPS.Cmdlets.dll', 'bin/TorchSharp.dll')
    # Adds operators for Should where Pester is loaded; else nothing.
    NestedModules        = @('ReparamPS.Pester.psm1')
    TypesToProcess       = @('ReparamPS.Types.ps1xml')
    FormatsToProcess     = @('ReparamPS.Format.ps1xml')
    CmdletsToExport      = @('*')
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{ PSData = @{ Tags = @('reparameterization', 'distributions', 'gradients', 'vae', 'TorchSharp'); LicenseUri = 'https://opensource.org/licenses/MIT' } }
}
