namespace ReparamPS.Host;

/// <summary>The commands behind cd, pwd, ls and cls, which a full PowerShell has in its management module.</summary>
internal static class LocationCommands
{
    /// <summary>Defines them unless the session has them.</summary>
    public const string Script = """
        if (-not (Get-Command Set-Location -CommandType Cmdlet -ErrorAction Ignore)) {
            function global:Set-Location {
                <# .SYNOPSIS
                Changes the current location. Default: the home folder. #>
                [CmdletBinding()] param([Parameter(Position = 0, ValueFromPipeline)][Alias('LiteralPath')][string]$Path = '~')
                process {
                    # The message alone: a place in this function would tell nobody anything.
                    try { $null = $ExecutionContext.SessionState.Path.SetLocation($Path) }
                    catch { $PSCmdlet.WriteError([Management.Automation.ErrorRecord]::new($_.Exception.InnerException, 'PathNotFound', 'ObjectNotFound', $Path)) }
                }
            }
            function global:Get-Location {
                <# .SYNOPSIS
                Returns the current location. #>
                [CmdletBinding()] param()
                $ExecutionContext.SessionState.Path.CurrentLocation
            }
            function global:Get-ChildItem {
                <# .SYNOPSIS
                Returns the items in a folder. Default: the current one. #>
                [CmdletBinding()] param([Parameter(Position = 0, ValueFromPipeline)][string[]]$Path = '.', [switch]$Recurse)
                process {
                    try { $ExecutionContext.SessionState.InvokeProvider.ChildItem.Get($Path, $Recurse, $false, $false) }
                    catch { $PSCmdlet.WriteError([Management.Automation.ErrorRecord]::new($_.Exception.InnerException, 'PathNotFound', 'ObjectNotFound', $Path)) }
                }
            }
            # The engine's own uses commands of the utility module.
            function global:Clear-Host {
                <# .SYNOPSIS
                Clears the screen. #>
                [CmdletBinding()] param()
                $Host.UI.Write("`e[H`e[2J`e[3J")
            }
            foreach ($pair in @{ cd = 'Set-Location'; sl = 'Set-Location'; chdir = 'Set-Location'; pwd = 'Get-Location'; gl = 'Get-Location'; ls = 'Get-ChildItem'; dir = 'Get-ChildItem'; gci = 'Get-ChildItem' }.GetEnumerator()) {
                $ExecutionContext.SessionState.InvokeProvider.Item.Set("Alias:$($pair.Key)", $pair.Value)
            }
        }
        """;
}
