namespace ReparamPS.TorchGuard;

/// <summary>Loading of libtorch on behalf of TorchSharp, whose own search takes the first library of a name, copies files and writes to the console.</summary>
public static class Backend
{
    /// <summary>Loads libtorch and its binding, or throws. Null if nobody set it: TorchSharp then searches by itself.</summary>
    public static Action? Loader { get; set; }

    /// <summary>Loads libtorch.</summary>
    /// <returns>False if TorchSharp is to search by itself.</returns>
    public static bool Load()
    {
        if (Loader is null) return false;
        Loader();
        return true;
    }
}
