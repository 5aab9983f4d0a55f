namespace Tuning.CommandLine;

/// <summary>Prints what is wrong with a file, or worth saying about it.</summary>
internal static class ProblemText
{
    /// <summary>Prints notices and problems; whether there are problems.</summary>
    public static bool Write(CommandContext context, ExperimentFileResult read, string file)
    {
        foreach (var notice in read.Notices)
        {
            context.Error.WriteLine("notice: " + notice);
        }

        if (read.IsValid)
        {
            return false;
        }

        foreach (var problem in read.Problems)
        {
            context.Error.WriteLine(problem);
        }

        context.Error.WriteLine($"{file}: {read.Problems.Length} {(read.Problems.Length == 1 ? "problem" : "problems")}; nothing was run.");
        return true;
    }
}
