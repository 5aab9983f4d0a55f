using Tuning;
using Tuning.Training;

/// <summary>
/// A sample trainable: the error of a network that is not trained but computed, so that <c>auto-function.yaml</c> can show what a search finds in
/// a known landscape. Two optimizers with valleys of their own; width and depth that make up for each other; the least error is 0.08.
/// </summary>
internal static class MadeUpTraining
{
    /// <summary>The trainable as experiment files name it.</summary>
    public static TrainableDefinition Trainable { get; } = Tuning.Trainable.FromFunction<Config>("made-up-training", Error, "error", Mode.Min);

    private static double Error(Config config)
    {
        var (lr, units) = (Math.Log10(config.Lr), Math.Log2(config.Units));
        var optimizer = config.Optimizer == "sgd"
            ? (0.06 * Square(lr + 1 + (1.5 * config.Momentum))) + (0.3 * Square(config.Momentum - 0.8))
            : 0.02 + (0.05 * Square(lr + 3));
        return 0.08 + optimizer + (0.01 * Square(units + config.Layers - 10)) + (0.005 * Square(config.Layers - 3)) + (0.4 * Square(config.Dropout - 0.25));
    }

    private static double Square(double x) => x * x;

    /// <summary>What an experiment file gives under <c>config</c>, in snake_case.</summary>
    internal sealed record Config
    {
        /// <summary><c>sgd</c> or <c>adam</c>.</summary>
        public string Optimizer { get; init; } = "adam";

        /// <summary>The learning rate.</summary>
        public double Lr { get; init; } = 0.001;

        /// <summary>For <c>sgd</c> only.</summary>
        public double Momentum { get; init; }

        /// <summary>How many layers.</summary>
        public int Layers { get; init; } = 2;

        /// <summary>How wide they are.</summary>
        public int Units { get; init; } = 64;

        /// <summary>Which share of them is left out at each step.</summary>
        public double Dropout { get; init; }
    }
}
