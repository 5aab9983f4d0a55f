using System.Text.RegularExpressions;

namespace Tuning.Native;

/// <summary>What the loader of Linux said about a library that it did not load, and what to do about it.</summary>
internal static partial class LoadFault
{
    /// <summary>The version of symbols that a library wants and another does not have; null where that is not what was said.</summary>
    public static string? MissingVersion(string said) => Version().Match(said) is { Success: true } match ? match.Groups["version"].Value : null;

    /// <summary>A message for the user: which library, what it lacks, what to install.</summary>
    /// <param name="library">The library that was to be loaded.</param>
    /// <param name="said">What the loader said.</param>
    public static string Message(string library, string said)
    {
        var reason = said.Split('\n').Select(l => l.Trim()).FirstOrDefault(Says) ?? said.Trim();
        var advice =
            Version().Match(reason) is { Success: true } version ? version.Groups["version"].Value switch
            {
                ['G', 'L', 'I', 'B', 'C', '_', ..] => "This system's C library is older than it was built for: a newer release of the system is needed",
                var name => $"The library that is to have {name} is too old: install a newer libstdc++ " +
                    "(on Debian and Ubuntu libstdc++6, by conda libstdcxx-ng)",
            }
            : Symbol().Match(reason) is { Success: true } symbol
                ? $"It does not fit the other libraries: {symbol.Groups["symbol"].Value} is in none of them. " +
                    $"TorchSharp {TorchPackages.Bridge} wants libtorch {TorchPackages.Libtorch}; give all packages of both these versions"
            : Dependency().Match(reason) is { Success: true } dependency ? Advice(dependency.Groups["library"].Value)
            : NotAllowed().IsMatch(reason)
                ? $"Programs may not be loaded from its file system (noexec) or this process may have no more memory: move it, or set TUNING_TORCH_CACHE to " +
                    "a directory from which programs may be loaded"
            : $"TorchSharp {TorchPackages.Bridge} with libtorch {TorchPackages.Libtorch} for this system is needed";
        return $"TorchSharp cannot be loaded: {library}: {reason.TrimEnd('.')}. {advice}.";
    }

    private static bool Says(string line) => Version().IsMatch(line) || Symbol().IsMatch(line) || Dependency().IsMatch(line) || NotAllowed().IsMatch(line);

    private static string Advice(string library) => library switch
    {
        _ when library.Contains("gomp", StringComparison.Ordinal) => $"Install {library} (on Debian and Ubuntu libgomp1)",
        _ when library.StartsWith("libstdc++", StringComparison.Ordinal) =>
            $"Install {library} (on Debian and Ubuntu libstdc++6; Alpine is not supported)",
        _ when library.StartsWith("libcu", StringComparison.Ordinal) || library.StartsWith("libnv", StringComparison.Ordinal) =>
            $"{library} is NVIDIA's: install its driver, or use the package libtorch-cpu-{TorchPackages.System} instead of the one for CUDA",
        _ when library.StartsWith("libtorch", StringComparison.Ordinal) || library.StartsWith("libc10", StringComparison.Ordinal) =>
            $"Add the package libtorch-cpu-{TorchPackages.System} {TorchPackages.Libtorch}",
        _ => $"Install the package of this system that has {library}",
    };

    [GeneratedRegex("version [`'](?<version>[A-Za-z0-9_.]+)' not found")]
    private static partial Regex Version();

    [GeneratedRegex("undefined symbol: (?<symbol>[A-Za-z0-9_.$@]+)")]
    private static partial Regex Symbol();

    [GeneratedRegex("(?<library>lib[A-Za-z0-9_+.-]+): cannot open shared object file")]
    private static partial Regex Dependency();

    [GeneratedRegex("failed to map segment|Operation not permitted|cannot enable executable")]
    private static partial Regex NotAllowed();
}
