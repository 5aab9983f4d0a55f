using System.Globalization;
using Tuning.Programs;
using Tuning.Specification;

namespace Tuning.Tests;

/// <summary>What stands in a command: words, names of parameters, and what is wrong with them.</summary>
public sealed class ProgramCommandTests
{
    [Theory]
    [InlineData("python3 train.py", "python3|train.py")]
    [InlineData("  a   'b c' \"d e\" ", "a|b c|d e")]
    [InlineData("a b\\ c 'x\\y' \"x\\\"y\" \"x\\y\"", "a|b c|x\\y|x\"y|x\\y")]
    [InlineData("--lr=${lr} '' \"\"", "--lr=${lr}||")]
    [InlineData("a'b'\"c\"d", "abcd")]
    public void Line_is_split_as_a_shell_splits_it(string line, string words) => Assert.Equal(words.Split('|'), new ProgramCommand(line).Words);

    [Theory]
    [InlineData("a 'b")]
    [InlineData("a \"b")]
    [InlineData("   ")]
    public void Line_that_is_no_command_is_refused(string line) => Assert.Throws<FormatException>(() => new ProgramCommand(line));

    [Theory]
    [InlineData("--lr=${lr}", "--lr=0.5")]
    [InlineData("$${lr} $lr {lr} $", "${lr} $lr {lr} $")]
    [InlineData("${ lr }${lr}", "0.50.5")]
    public void Names_are_replaced_and_escapes_stay(string text, string filled) => Assert.Equal(filled, Placeholders.Fill(text, n => n == "lr" ? "0.5" : "?"));

    [Fact]
    public void Numbers_are_written_so_that_reading_them_gives_the_same_number()
    {
        var random = new Random(1);
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "~" } };
        try
        {
            for (var i = 0; i < 2000; i++)
            {
                var number = BitConverter.Int64BitsToDouble(random.NextInt64());
                var text = Placeholders.Text(number);
                Assert.Equal(number, text is "nan" ? double.NaN : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
            }

            Assert.Equal("-7", Placeholders.Text(-7L));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("[python3, train.py, \"${rl}\"]", "names ${rl}, which is no parameter. Did you mean 'lr'?")]
    [InlineData("[python3, \"${lr\"]", "has a '${' without '}'")]
    [InlineData("\"python3 'train.py\"", "its quotes closed")]
    [InlineData("7", "a list of words")]
    [InlineData("[]", "a list of words")]
    public void Command_that_means_nothing_is_an_error_of_the_file(string command, string message) =>
        Assert.Contains(message, Problem($"p:\n  run: program\n  command: {command}\n  config: {{lr: {{uniform: [0, 1]}}}}\n"), StringComparison.Ordinal);

    [Theory]
    [InlineData("command: echo\n  shel: true", "shel")]
    [InlineData("shell: false", "needs 'command'")]
    [InlineData("command: echo ${lr}\n  shell: true", "a shell would run what is in its value")]
    [InlineData("command: echo\n  env: {A: \"${nothing}\"}", "env.A")]
    [InlineData("command: echo\n  cwd: no/where", "is no directory")]
    [InlineData("command: echo\n  metrics: stdou", "stdout (lines of JSON)")]
    [InlineData("command: echo\n  metrics: {loss: \"(a)(b)\"}", "${number} once")]
    [InlineData("command: echo\n  metrics: {loss: \"loss=(${number}\"}", "no regular expression")]
    [InlineData("command: echo\n  grace: -1", "at least 0")]
    public void Settings_that_mean_nothing_are_errors_of_the_file(string settings, string message) =>
        Assert.Contains(message, Problem($"p:\n  run: program\n  {settings}\n  config: {{lr: {{uniform: [0, 1]}}}}\n"), StringComparison.Ordinal);

    [Fact]
    public void Parameters_that_would_be_one_variable_are_an_error() => Assert.Contains("the same environment variable TUNER_PARAM_A_B",
        Problem("p:\n  run: program\n  command: echo\n  config: {a/b: 1, a_b: 2}\n"), StringComparison.Ordinal);

    [Fact]
    public void Settings_stand_in_the_record_and_are_read_back()
    {
        var spec = Read("p:\n  run: program\n  command: \"echo ${lr}\"\n  env: {A: b}\n  metrics: {loss: \"l=${number}\"}\n  config: {lr: 1}\n").Experiments[0];

        Assert.Equal(spec, ExperimentSpec.FromJson(spec.ToJson()));
        Assert.Equal("echo ${lr}", spec.Settings["command"]);
        Assert.Equal(Path.GetTempPath().TrimEnd('/'), spec.Settings["cwd"]);
    }

    private static string Problem(string yaml) => string.Join('\n', Read(yaml).Problems.Select(p => $"{p.Path} {p.Message}"));

    private static ExperimentFileResult Read(string yaml) =>
        ExperimentFile.Parse(yaml, Path.Combine(Path.GetTempPath(), "experiment.yaml"), new ComponentCatalog().AddPrograms());
}
