using System.Diagnostics;
using Tuning;
using Tuning.Environments;
using Tuning.Randomness;

namespace Benchmarks;

/// <summary>
/// How long from <c>dotnet host.dll pendulum-ppo.yaml</c> to the first environment step? The child is the host of <c>experiments/</c>
/// with a Pendulum that notes the time of its first step.
/// </summary>
internal static class StartUp
{
    private const string FirstStep = "Pendulum-first-step";

    public static async Task<int> RunAsync(string[] args)
    {
        var runs = Measure.Option(args, "--runs", 15);
        var file = Path.GetFullPath(Measure.Option(args, "--file", Path.Combine("experiments", "pendulum-ppo.yaml")));
        List<double>[] stages = [[], [], [], [], []];
        for (var run = 0; run <= runs; run++)
        {
            var storage = Measure.NewDirectory(inMemory: true);
            try
            {
                var sample = await Measure.InOwnProcessAsync("startup", file, storage);
                for (var i = 0; i < stages.Length && run > 0; i++)
                {
                    stages[i].Add(sample[i] * 1000);
                }
            }
            finally
            {
                Directory.Delete(storage, recursive: true);
            }
        }

        Console.WriteLine($"milliseconds from the start of the process; {Measure.Machine}");
        Console.WriteLine($"Main:                         {Measure.Spread(stages[0], "F0")}");
        Console.WriteLine($"experiment begins:            {Measure.Spread(stages[1], "F0")}");
        Console.WriteLine($"environment is made:          {Measure.Spread(stages[2], "F0")}");
        Console.WriteLine($"first step:                   {Measure.Spread(stages[3], "F0")}");
        Console.WriteLine($"processor time until then:    {Measure.Spread(stages[4], "F0")}");
        return 0;
    }

    /// <summary>What <c>experiments/Program.cs</c> does, with clocks in it.</summary>
    public static Task<int> RunHostAsync(string[] args)
    {
        var main = Measure.SecondsSinceStart();
        return TunerCommandLine.RunAsync(
            [args[0], "--storage", args[1], "--set", "env=" + FirstStep],
            tuner => tuner.AddLoggers().AddTrainables().AddCallback<Begin>().AddEnvironment(FirstStep, _ => new Clocked(main), 200));
    }

    private sealed class Begin : TunerCallback
    {
        public static double Seconds { get; private set; }

        public override void Setup(ExperimentInfo experiment) => Seconds = Measure.SecondsSinceStart();
    }

    // Environments step on two threads; the first one ends the process.
    private static int _stepped;

    private sealed class Clocked(double main) : IEnvironment
    {
        private readonly Pendulum _pendulum = new();
        private readonly double _made = Measure.SecondsSinceStart();

        public Space ObservationSpace => _pendulum.ObservationSpace;

        public Space ActionSpace => _pendulum.ActionSpace;

        public void Reset(RandomStream random, Span<float> observation) => _pendulum.Reset(random, observation);

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            var first = Measure.SecondsSinceStart();
            if (Interlocked.Exchange(ref _stepped, 1) == 1)
            {
                Thread.Sleep(Timeout.Infinite);
            }

            Measure.Answer(main, Begin.Seconds, _made, first, Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds);
            Environment.Exit(0);
            throw new UnreachableException();
        }
    }
}
