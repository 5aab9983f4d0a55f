using Tuning.Checkpointing;
using Tuning.Networks;

namespace Tuning.Connectors;

/// <summary>One piece of the way from an environment's observation to a module's: takes a row of floats, gives a row of floats.</summary>
/// <remarks>Owned by one runner; not safe for concurrent use.</remarks>
internal interface IObservationConnector : ICheckpointable
{
    /// <summary>Floats per observation that come in.</summary>
    int InputSize { get; }

    /// <summary>Floats per observation that go out.</summary>
    int OutputSize { get; }

    /// <summary>Transforms one observation.</summary>
    /// <param name="observation">[<see cref="InputSize"/>].</param>
    /// <param name="result">Receives [<see cref="OutputSize"/>]; never the same memory as <paramref name="observation"/>.</param>
    /// <param name="learn">Whether a piece with statistics takes this observation in: true in training, false in evaluation and serving.</param>
    void Apply(ReadOnlySpan<float> observation, Span<float> result, bool learn);

    /// <summary>Transforms several observations, laid end to end, without learning; each comes out as by <see cref="Apply"/>.</summary>
    /// <param name="observations">[rows, <see cref="InputSize"/>].</param>
    /// <param name="rows">How many.</param>
    /// <param name="results">Receives [rows, <see cref="OutputSize"/>].</param>
    void ApplyRows(ReadOnlySpan<float> observations, int rows, Span<float> results)
    {
        for (var row = 0; row < rows; row++)
        {
            Apply(observations.Slice(row * InputSize, InputSize), results.Slice(row * OutputSize, OutputSize), learn: false);
        }
    }

    /// <summary>Adds what the piece does without learning to a model that is exported.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="observations">The name of what comes in, [rows, <see cref="InputSize"/>]; choices are int64, a single one [rows].</param>
    /// <returns>The name of what goes out, [rows, <see cref="OutputSize"/>].</returns>
    string Export(ModelGraph graph, string observations) => throw new NotSupportedException($"{GetType().Name} cannot be exported.");

    /// <summary>Takes in what <paramref name="runner"/>, the same piece of a runner, has learnt since it was last equal to this one.</summary>
    void Merge(IObservationConnector runner)
    {
    }

    /// <summary>Becomes equal to <paramref name="master"/>, the same piece elsewhere.</summary>
    void Synchronise(IObservationConnector master)
    {
    }
}
