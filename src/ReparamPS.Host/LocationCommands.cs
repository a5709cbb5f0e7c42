namespace ReparamPS.Host;

/// <summary>The commands behind cd, pwd and ls, which a full PowerShell has in its management module.</summary>
internal static class LocationCommands
{
    /// <summary>Defines them unless the session has them.</summary>
    public const string Script = """
        if (-not (Get-Command Set-Location -CommandType Cmdlet -ErrorAction Ignore)) {
            function global:Set-Location {
                <# .SYNOPSIS
                Changes the current location. Default: the home folder. #>
                [CmdletBinding()] param([Parameter(Position = 0, ValueFromPipeline)][Alias('LiteralPath')][string]$Path = '~')
                process { $null = $ExecutionContext.SessionState.Path.SetLocation($Path) }
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
                process { $ExecutionContext.SessionState.InvokeProvider.ChildItem.Get($Path, $Recurse, $false, $false) }
            }
            foreach ($pair in @{ cd = 'Set-Location'; sl = 'Set-Location'; chdir = 'Set-Location'; pwd = 'Get-Location'; gl = 'Get-Location'; ls = 'Get-ChildItem'; dir = 'Get-ChildItem'; gci = 'Get-ChildItem' }.GetEnumerator()) {
                $ExecutionContext.SessionState.InvokeProvider.Item.Set("Alias:$($pair.Key)", $pair.Value)
            }
        }
        """;
}
