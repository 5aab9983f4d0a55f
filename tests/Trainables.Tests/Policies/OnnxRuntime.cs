using System.Diagnostics;
using System.Text.Json;

namespace Tuning.Tests.Policies;

/// <summary>
/// ONNX Runtime under Node.js, from the npm package onnxruntime-node. It is installed once, into a directory of the user's outside the repository
/// (<c>TUNER_ONNX_RUNTIME</c> names another one); where there is no Node.js, or no network to install from, tests that need it are skipped and say so.
/// </summary>
internal static class OnnxRuntime
{
    // With the packages of all platforms it is some 300 MB.
    private const string Package = "onnxruntime-node@1";

    private const string Script = """
        const ort = require('onnxruntime-node');
        const fs = require('fs');
        const cases = JSON.parse(fs.readFileSync(process.argv[2]));
        (async () => {
          const results = [];
          for (const c of cases) {
            const session = await ort.InferenceSession.create(c.Model);
            const data = c.IsDiscrete ? BigInt64Array.from(c.Observations.map(BigInt)) : Float32Array.from(c.Observations);
            const outputs = await session.run({ obs: new ort.Tensor(c.IsDiscrete ? 'int64' : 'float32', data, c.Shape) });
            const plain = t => ({ Type: t.type, Shape: [...t.dims], Data: Array.from(t.data, Number) });
            results.push({ Inputs: session.inputNames, Outputs: session.outputNames, Actions: plain(outputs.actions),
              ActionDistInputs: plain(outputs.action_dist_inputs) });
          }
          fs.writeFileSync(process.argv[3], JSON.stringify(results));
        })().catch(e => { console.error(e); process.exit(1); });
        """;

    /// <summary>A model and what it is asked.</summary>
    public sealed record Question(string Model, bool IsDiscrete, float[] Observations, int[] Shape);

    /// <summary>What it answered.</summary>
    public sealed record Answer(string[] Inputs, string[] Outputs, Tensor Actions, Tensor ActionDistInputs);

    /// <summary>A tensor; every number is a double.</summary>
    public sealed record Tensor(string Type, int[] Shape, double[] Data);

    /// <summary>Runs models, all in one process.</summary>
    public static IReadOnlyList<Answer> Run(IReadOnlyList<Question> questions, string directory)
    {
        var (script, asked, answered) = (Path.Combine(directory, "run.js"), Path.Combine(directory, "questions.json"), Path.Combine(directory, "answers.json"));
        File.WriteAllText(script, Script);
        File.WriteAllText(asked, JsonSerializer.Serialize(questions));
        var (code, output) = Execute("node", directory, Path.Combine(Installed(), "node_modules"), script, asked, answered);
        Assert.True(code == 0, output);
        return JsonSerializer.Deserialize<Answer[]>(File.ReadAllText(answered))!;
    }

    private static string Installed()
    {
        var home = Environment.GetEnvironmentVariable("TUNER_ONNX_RUNTIME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create)
                is { Length: > 0 } local ? local : Path.GetTempPath(), "tuner-tests", "onnxruntime-node-1");
        Assert.SkipUnless(Execute("node", Path.GetTempPath(), null, "--version").Code == 0, "Node.js is not installed: exported models are not run.");
        if (!File.Exists(Path.Combine(home, "complete")))
        {
            // Installed beside and renamed, so that nobody sees half of it.
            var beside = Directory.CreateDirectory($"{home}-{Guid.NewGuid():N}").FullName;
            var npm = OperatingSystem.IsWindows() ? "npm.cmd" : "npm";
            var (code, output) = Execute(npm, beside, null, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", beside, Package);
            if (code != 0)
            {
                Directory.Delete(beside, recursive: true);
                Assert.Skip($"The npm package {Package} could not be installed: exported models are not run. {output}");
            }

            File.WriteAllText(Path.Combine(beside, "complete"), "");
            try
            {
                Directory.Move(beside, home);
            }
            catch (IOException) when (File.Exists(Path.Combine(home, "complete")))
            {
                Directory.Delete(beside, recursive: true);
            }
        }

        return home;
    }

    private static (int Code, string Output) Execute(string program, string directory, string? modules, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        if (modules is not null)
        {
            start.Environment["NODE_PATH"] = modules;
        }

        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            if (!process.WaitForExit(TimeSpan.FromMinutes(3)))
            {
                process.Kill(entireProcessTree: true);
                return (-1, "It took more than three minutes.");
            }

            return (process.ExitCode, output + error.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
