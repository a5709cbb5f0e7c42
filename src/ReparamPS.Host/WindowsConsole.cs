using System.Runtime.InteropServices;
using System.Text;

namespace ReparamPS.Host;

/// <summary>Prepares the console of Windows, which by default shows neither escape sequences nor letters outside its code page.</summary>
internal static class WindowsConsole
{
    private const int StandardOutput = -11;
    private const uint ProcessVirtualTerminal = 0x4;

    /// <summary>Whether escape sequences work. Other systems' terminals understand them.</summary>
    public static bool HasEscapes { get; } = !OperatingSystem.IsWindows() || Enable();

    /// <summary>Lets the console read and write UTF-8.</summary>
    public static void UseUtf8()
    {
        if (!OperatingSystem.IsWindows()) return;
        try
        {
            Console.OutputEncoding = Console.InputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        }
        catch (IOException)
        {
            // There is no console.
        }
    }

    private static bool Enable()
    {
        nint output = GetStdHandle(StandardOutput);
        return GetConsoleMode(output, out uint mode) && SetConsoleMode(output, mode | ProcessVirtualTerminal);
    }

    [DllImport("kernel32.dll")]
    private static extern nint GetStdHandle(int which);

    [DllImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool GetConsoleMode(nint handle, out uint mode);

    [DllImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool SetConsoleMode(nint handle, uint mode);
}
