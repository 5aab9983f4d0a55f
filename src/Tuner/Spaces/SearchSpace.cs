namespace Tuning.Spaces;

/// <summary>Constants and domains in one tree.</summary>
public class SearchSpace
{
}
