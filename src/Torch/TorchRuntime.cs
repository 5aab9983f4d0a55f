using System.Runtime.Versioning;
using Tuning.Native;
using static TorchSharp.torch;

namespace Tuning;

/// <summary>Loads TorchSharp, also on systems of Linux on which it does not load by itself.</summary>
/// <remarks>
/// TorchSharp's bridge wants a version of symbols (<c>GLIBCXX_3.4.32</c>) that libstdc++ has since GCC 13, and uses nothing of it. Where the system's is older
/// (Debian 12, Ubuntu 22.04, RHEL 9) a copy of the bridge is made that goes without, in a directory of the user's own (<c>TUNING_TORCH_CACHE</c>, else
/// <c>~/.cache/tuning-torch</c>), and loaded in its place; no file of a package is changed. Any thread.
/// </remarks>
public static partial class TorchRuntime
{
    private const string BridgeFile = "libLibTorchSharp.so";
    private static readonly Lock _gate = new();
    private static bool _loaded;
    private static TorchUnavailableException? _fault;

    /// <summary>Loads TorchSharp where that was not done yet: call it before the first use of <c>torch</c>. Everything of Tuning.Torch does.</summary>
    /// <param name="logger">Is told at debug level where a copy of the bridge is loaded; null for nobody.</param>
    /// <exception cref="TorchUnavailableException">It cannot be loaded; the message says which library lacks what, and what to install.</exception>
    public static void Load(ILogger? logger = null)
    {
        lock (_gate)
        {
            if (_loaded)
            {
                return;
            }

            // The loader of the system remembers what it loaded; a second try would say something else.
            if (_fault is not null)
            {
                throw _fault;
            }

            try
            {
                Load(NativeFolders.OfProgram(), logger);
                _loaded = true;
            }
            catch (TorchUnavailableException e)
            {
                _fault = e;
                throw;
            }
        }
    }

    private static void Load(IReadOnlyList<string> folders, ILogger? logger)
    {
        if (OperatingSystem.IsLinux())
        {
            var package = $"libtorch-cpu-{TorchPackages.System} {TorchPackages.Libtorch} (or TorchSharp-cuda-linux)";
            foreach (var library in new[] { "libc10.so", "libtorch_cpu.so", "libtorch.so" })
            {
                Open(NativeFolders.Find(folders, library) ?? throw Missing(library, package, folders));
            }

            OpenBridge(NativeFolders.Find(folders, BridgeFile) ?? throw Missing(BridgeFile, $"TorchSharp {TorchPackages.Bridge}", folders), logger);
        }

        try
        {
            // The first call of the static constructor of torch, which looks for the libraries itself.
            InitializeDeviceType(TorchSharp.DeviceType.CPU);
            using var one = ones(1);
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException or NotSupportedException
            or BadImageFormatException or FileNotFoundException or ExternalException)
        {
            var said = e.GetBaseException().Message;
            throw new TorchUnavailableException(OperatingSystem.IsWindows()
                ? $"TorchSharp {TorchPackages.Bridge} cannot be loaded: {Line(said)}. On Windows this version is known not to load (dotnet/TorchSharp#1567); " +
                    $"where it does for others, the package libtorch-cpu-{TorchPackages.System} {TorchPackages.Libtorch} and the Visual C++ runtime are there."
                : LoadFault.Message(OperatingSystem.IsLinux() ? BridgeFile : $"the libraries for {TorchPackages.System}", Line(said)), e);
        }
    }

    [SupportedOSPlatform("linux")]
    private static void OpenBridge(string file, ILogger? logger)
    {
        if (TryOpen(file) is not { } said)
        {
            return;
        }

        if (LoadFault.MissingVersion(said.Message) is not { } version || !version.StartsWith("GLIBCXX_", StringComparison.Ordinal))
        {
            throw new TorchUnavailableException(LoadFault.Message(file, said.Message), said);
        }

        var image = OwnFiles.ReadBytes(file);
        try
        {
            if (!new ElfImage(image).Weaken(version))
            {
                throw new InvalidDataException($"it does not itself want {version}");
            }
        }
        catch (InvalidDataException e)
        {
            throw new TorchUnavailableException($"{LoadFault.Message(file, said.Message)} No copy can be made that goes without: {e.Message}.", e);
        }

        var copy = BridgeCache.OfUser(Environment.GetEnvironmentVariable).Put(BridgeFile, image);
        Open(copy);
        if (logger is not null)
        {
            CopyLoaded(logger, version, file, copy);
        }
    }

    private static void Open(string file)
    {
        if (TryOpen(file) is { } said)
        {
            throw new TorchUnavailableException(LoadFault.Message(file, said.Message), said);
        }
    }

    private static Exception? TryOpen(string file)
    {
        try
        {
            // Stays loaded as long as the process.
            _ = NativeLibrary.Load(file);
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return e;
        }
    }

    private static TorchUnavailableException Missing(string library, string package, IReadOnlyList<string> folders) => new(
        $"TorchSharp cannot be loaded: {library} is not there. Add the package {package} to the program that runs. It was looked for in " +
        $"{string.Join(", ", folders.Distinct())}.");

    private static string Line(string said) => said.ReplaceLineEndings(" ").TrimEnd('.', ' ');

    [LoggerMessage(1800, LogLevel.Debug,
        "This system's libstdc++ lacks {Version}, of which TorchSharp uses nothing: {Copy}, a copy of {File} that goes without, is loaded.")]
    private static partial void CopyLoaded(ILogger logger, string version, string file, string copy);
}
