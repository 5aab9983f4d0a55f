using System.Reflection;
using System.Runtime.Loader;

namespace Tuning.Server.Web;

/// <summary>
/// Finds ASP.NET Core for a program that was started without it. A host that required it could not start at all where only the plain runtime is
/// installed, not even for what needs no server; so a host leaves it out, and the commands that serve load it when they are called.
/// </summary>
internal static class WebRuntime
{
    private const string Framework = "Microsoft.AspNetCore.App";

    private static readonly Lazy<string?> _directory = new(() =>
    {
        if (AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is string trusted && trusted.Contains("Microsoft.AspNetCore.Http.dll", StringComparison.Ordinal))
        {
            return "";
        }

        var found = Newest(Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "", Environment.Version);
        if (found is not null)
        {
            AssemblyLoadContext.Default.Resolving += (context, name) => Load(context, found, name);
        }

        return found;
    });

    /// <summary>Makes the types of ASP.NET Core usable. Methods that mention them are called afterwards only.</summary>
    /// <exception cref="FileNotFoundException">It is not installed; the message says how it is.</exception>
    public static void Require()
    {
        if (_directory.Value is null)
        {
            throw new FileNotFoundException($"This command needs the ASP.NET Core runtime {Environment.Version.ToString(2)}, which is not beside the .NET " +
                $"runtime in {Path.GetDirectoryName(typeof(object).Assembly.Location)}. The .NET SDK has it; without the SDK install the package " +
                $"aspnetcore-runtime-{Environment.Version.ToString(2)}.");
        }
    }

    /// <summary>The directory of the newest patch of ASP.NET Core for a runtime; null where there is none.</summary>
    /// <param name="runtime">The directory of the runtime, <c>shared/Microsoft.NETCore.App/10.0.1</c>.</param>
    /// <param name="version">Its version.</param>
    internal static string? Newest(string runtime, Version version)
    {
        var shared = Path.GetDirectoryName(Path.GetDirectoryName(runtime));
        var all = shared is null ? "" : Path.Combine(shared, Framework);
        return !Directory.Exists(all) ? null : Directory.EnumerateDirectories(all)
            .Select(d => (Directory: d, Version: Version.TryParse(Path.GetFileName(d), out var parsed) ? parsed : null))
            .Where(d => d.Version is { } found && found.Major == version.Major && found.Minor == version.Minor)
            .OrderBy(d => d.Version).LastOrDefault().Directory;
    }

    private static Assembly? Load(AssemblyLoadContext context, string directory, AssemblyName name)
    {
        var file = Path.Combine(directory, name.Name + ".dll");
        return File.Exists(file) ? context.LoadFromAssemblyPath(file) : null;
    }
}
