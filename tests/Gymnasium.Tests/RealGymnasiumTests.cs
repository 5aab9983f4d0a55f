using System.Diagnostics;
using System.Text.Json;
using Tuning.Environments;
using Tuning.Randomness;

namespace Tuning.Tests;

/// <summary>The bridge beside the vector environments of the real Gymnasium, number by number, in all of its ways to begin an episode again.</summary>
public sealed class RealGymnasiumTests
{
    private const int Copies = 3;
    private const int Steps = 700;

    // Prints the transitions of each copy: what was seen before the step, the action, and what came of it. Steps that only reset are left out.
    private const string Reference = """
        import json, sys
        import numpy as np, gymnasium as gym
        from gymnasium.vector import SyncVectorEnv, AutoresetMode
        name, mode, seeds, actions = sys.argv[1], AutoresetMode[sys.argv[2]], json.loads(sys.argv[3]), json.load(sys.stdin)
        envs = SyncVectorEnv([lambda: gym.make(name)] * len(seeds), autoreset_mode=mode)
        seen, _ = envs.reset(seed=seeds)
        out, at, resetting = [[] for _ in seeds], [0] * len(seeds), [False] * len(seeds)
        space = envs.single_action_space
        while min(at) < len(actions[0]):
            now = [actions[i][min(at[i], len(actions[0]) - 1)] for i in range(len(seeds))]
            batch = np.array(now, space.dtype).reshape((len(seeds),) + space.shape)
            after, reward, terminated, truncated, infos = envs.step(batch)
            done = terminated | truncated
            for i in range(len(seeds)):
                if not resetting[i]:
                    last = infos["final_obs"][i] if mode is AutoresetMode.SAME_STEP and done[i] else after[i]
                    out[i].append([seen[i].tolist(), last.tolist(), float(reward[i]), bool(terminated[i]), bool(truncated[i])])
                    at[i] += 1
                resetting[i] = mode is AutoresetMode.NEXT_STEP and bool(done[i])
            seen = after.copy()
            if mode is AutoresetMode.DISABLED and done.any():
                again, _ = envs.reset(options={"reset_mask": done})
                seen = again.copy()
        print(json.dumps([o[:len(actions[0])] for o in out]))
        """;

    [Theory]
    [InlineData("CartPole-v1", "SAME_STEP")]
    [InlineData("CartPole-v1", "NEXT_STEP")]
    [InlineData("CartPole-v1", "DISABLED")]
    [InlineData("Pendulum-v1", "SAME_STEP")]
    [InlineData("Acrobot-v1", "SAME_STEP")]
    [InlineData("Acrobot-v1", "NEXT_STEP")]
    public async Task Steps_are_those_of_gymnasiums_own_vector_environment(string name, string mode)
    {
        var path = Python.Real();
        Assert.True(EnvironmentRegistry.TryGet("gym:" + name, out var definition));
        using var copies = new VectorEnvironment(
            definition, ParameterSet.From([new("python", Python.Interpreter), new("python_path", path)]), Copies, SeedPath.Of(11));
        var seeds = Enumerable.Range(0, Copies).Select(i => (SeedPath.Of(11) / "env" / i).Stream().NextInt64(int.MaxValue)).ToList();
        var random = new RandomStream(4);
        var actions = new float[Copies][][];
        for (var i = 0; i < Copies; i++)
        {
            actions[i] = [.. Enumerable.Range(0, Steps).Select(_ =>
            {
                var action = new float[copies.ActionSpaces[0].Size];
                copies.ActionSpaces[0].Sample(random, action);
                return action;
            })];
        }

        using var reference = await ReferenceAsync(path, name, mode, seeds, actions);
        var seen = new float[Copies][];
        for (var i = 0; i < Copies; i++)
        {
            seen[i] = copies.Reset(i).Observation(0).ToArray();
        }

        var ends = 0;
        for (var step = 0; step < Steps; step++)
        {
            for (var i = 0; i < Copies; i++)
            {
                copies.Send(i, actions[i][step]);
            }

            for (var i = 0; i < Copies; i++)
            {
                var row = new float[seen[i].Length];
                var result = copies.Step(i, actions[i][step], row);
                var expected = reference.RootElement[i][step];
                Assert.Equal(Numbers(expected[0]), seen[i]);
                Assert.Equal(Numbers(expected[1]), row);
                Assert.Equal(
                    (expected[2].GetDouble(), expected[3].GetBoolean(), expected[4].GetBoolean()), (result.Reward, result.Terminated, result.Truncated));
                ends += result.Done ? 1 : 0;
                seen[i] = result.Done ? copies.Reset(i).Observation(0).ToArray() : row;
            }
        }

        Assert.True(ends >= Copies, $"{ends} episodes ended");
    }

    private static float[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(n => (float)n.GetDouble())];

    private static async Task<JsonDocument> ReferenceAsync(string[] path, string name, string mode, List<long> seeds, float[][][] actions)
    {
        var start = new ProcessStartInfo(Python.Interpreter, ["-c", Reference, name, mode, JsonSerializer.Serialize(seeds)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PYTHONPATH"] = string.Join(':', path);
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(actions.Select(a => a.Select(x => x.Select(v => (double)v)))));
        process.StandardInput.Close();
        var text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return JsonDocument.Parse(text);
    }
}
