using Tuning.Randomness;
using Tuning.Spaces.Expressions;

namespace Tuning.Spaces;

/// <content>Whether rows fulfil the constraints.</content>
internal sealed partial class ParameterCodec
{
    /// <summary>Draws rows and counts by which constraints they are refused.</summary>
    /// <param name="random">The stream.</param>
    /// <param name="draws">How many rows.</param>
    /// <param name="given">What is not drawn; null for nothing.</param>
    public ConstraintTally Tally(RandomStream random, int draws, GivenPoint? given = null)
    {
        var tally = new ConstraintTally(_plan.Constraints);
        var row = new double[Axes.Length];
        for (var draw = 0; draw < draws; draw++)
        {
            row.AsSpan().Fill(double.NaN);
            given?.Row.CopyTo(row, 0);
            Settle(row, random);
            tally.Add(Settled(row, given));
        }

        return tally;
    }

    private bool IsKept(Resolution resolution)
    {
        foreach (var constraint in _plan.Constraints)
        {
            try
            {
                if (constraint.Test(resolution) is false)
                {
                    return false;
                }
            }
            catch (ExpressionException e)
            {
                throw new InvalidOperationException($"A constraint has no value: {e.Message}", e);
            }
        }

        return true;
    }

    private Resolution Settled(ReadOnlySpan<double> row, GivenPoint? given)
    {
        var resolution = Resolve(row, given?.Values);
        resolution.ToConfiguration(_beforeCode);
        return resolution;
    }
}
