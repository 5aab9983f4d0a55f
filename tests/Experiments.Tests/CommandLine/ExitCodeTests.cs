using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Tuning.CommandLine;
using Tuning.Testing;

namespace Tuning.Tests.CommandLine;

/// <summary>Exit codes come out as their table in <c>docs/command-line.md</c> says.</summary>
public sealed partial class ExitCodeTests : IDisposable
{
    private readonly CommandRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData(0, "run")]
    [InlineData(0, "validate")]
    [InlineData(1, "run", "--set", "config.fail=true")]
    [InlineData(2, "run", "--set", "config.lr={unifrom: [0, 1]}")]
    [InlineData(2, "validate", "--set", "run=toi")]
    [InlineData(2, "run", "--nonsense")]
    [InlineData(2, "run", "--num-samples", "none")]
    public async Task Command_on_a_file_ends_with(int code, string command, params string[] options)
    {
        Assert.Equal(code, await _run.RunAsync([command, _run.Toy(), .. options]));
        Assert.Contains(code, Table());
    }

    [Theory]
    [InlineData(2, "resume")]
    [InlineData(2, "show")]
    [InlineData(2, "verify")]
    [InlineData(2, "explain")]
    [InlineData(2, "run")]
    [InlineData(2, "validate")]
    [InlineData(2, "components")]
    public async Task Command_on_what_is_not_there_ends_with(int code, string command) =>
        Assert.Equal(code, await _run.RunAsync(command, Path.Combine(_run.Directory, "none.yaml")));

    [Fact]
    public async Task No_command_is_wrong_use() => Assert.Equal(2, await _run.RunAsync());

    [Theory]
    [InlineData(PosixSignal.SIGINT, 130)]
    [InlineData(PosixSignal.SIGTERM, 143)]
    [InlineData(PosixSignal.SIGHUP, 129)]
    public async Task Signal_ends_with(PosixSignal signal, int code)
    {
        Assert.Equal(code, await _run.RunAsync(_run.Toy(), context =>
        {
            var signals = new StopSignals(context.Error, null);
            _run.AtSecondStep = () =>
            {
                _run.AtSecondStep = null;
                signals.Receive(signal);
            };
            return signals;
        }));
        Assert.Contains(code, Table());
    }

    internal static HashSet<int> Table()
    {
        var section = File.ReadAllText(Path.Combine(Approved.Repository, "docs", "command-line.md")).Split("\n## ")
            .Single(s => s.StartsWith("Exit codes", StringComparison.Ordinal));
        return [.. section.Split('\n').Where(l => l.StartsWith('|')).SelectMany(l => Number().Matches(l.Split('|')[1]).Select(m => int.Parse(m.Value,
            System.Globalization.CultureInfo.InvariantCulture)))];
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
