# Types and views. In ReparamPS.psd1 they would be read before any code runs, and a second copy of the module would end in conflicts of types instead of one error.
@{
    # The version is that of ReparamPS.psd1; PowerShell needs a number here.
    ModuleVersion        = '0.0'
    CompatiblePSEditions = @('Core')
    # The type file names a class of this assembly, which must be loaded before the file is read.
    RequiredAssemblies   = @('bin/ReparamPS.Cmdlets.dll')
    TypesToProcess       = @('ReparamPS.Types.ps1xml')
    FormatsToProcess     = @('ReparamPS.Format.ps1xml')
    CmdletsToExport      = @()
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
}
