namespace Tuning.Schedulers.Halving;

/// <summary>
/// The order of the ε-net of a front as it is, made as far as it is asked for, and with it the place of one vector more: until the net comes to that one it
/// takes the others in the same order, so the first place where it is farther than the next of them is its own. O(n) once for each place of the order, then
/// O(place) for each question.
/// </summary>
internal sealed class NetOrder
{
    private readonly List<(double[] Scores, int Trial)> _members;
    private readonly double[] _scale;
    private readonly double[] _distance;

    // Who comes next, and how far it was from all before.
    private readonly List<(int Member, double Distance)> _order = [];

    /// <summary>The order of a front, which must not change any more.</summary>
    public NetOrder(List<(double[] Scores, int Trial)> members)
    {
        (_members, _scale, _distance) = (members, EpsilonNet.Scales(members), new double[members.Count]);
        _distance.AsSpan().Fill(double.PositiveInfinity);
    }

    /// <summary>How many come before a vector that dominates none of them, as <see cref="EpsilonNet.PlaceOf"/>; null where it would change the range of an
    /// objective.</summary>
    public int? PlaceOf(double[] scores, int trial, int enough)
    {
        for (var k = 0; k < _scale.Length; k++)
        {
            if (!IsWithin(k, scores[k]))
            {
                return null;
            }
        }

        var distance = double.PositiveInfinity;
        for (var place = 0; place < enough && place < _members.Count; place++)
        {
            var (next, reach) = At(place);
            var other = _members[next];
            var (own, its) = place == 0 ? (scores[0], other.Scores[0]) : (distance, reach);
            if (own > its || (own == its && trial < other.Trial))
            {
                return place;
            }

            distance = Math.Min(distance, EpsilonNet.Square(scores, other.Scores, _scale));
        }

        return Math.Min(enough, _members.Count);
    }

    private bool IsWithin(int objective, double score)
    {
        var (isBelow, isAbove) = (false, false);
        for (var i = 0; i < _members.Count && !(isBelow && isAbove); i++)
        {
            isBelow |= _members[i].Scores[objective] <= score;
            isAbove |= _members[i].Scores[objective] >= score;
        }

        return isBelow && isAbove;
    }

    private (int Member, double Distance) At(int place)
    {
        while (_order.Count <= place)
        {
            var next = _order.Count == 0 ? EpsilonNet.First(_members) : EpsilonNet.Farthest(_members, _distance, _order[^1].Member, _scale);
            _order.Add((next, _distance[next]));
        }

        return _order[place];
    }
}
