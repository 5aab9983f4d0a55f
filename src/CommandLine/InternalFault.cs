using Tuning.Execution;

namespace Tuning.CommandLine;

/// <summary>What is said of a fault of the program itself: one sentence, and where the stack is, which only who mends it needs.</summary>
internal static class InternalFault
{
    private const int LongestMessage = 500;

    /// <summary>Keeps the stack in a file of its own and says where that is.</summary>
    public static string Describe(Exception fault)
    {
        var kind = fault.GetType().Name;
        var what = $"Internal fault, {kind}: {Readable.OneLine(TrialError.OneLine(fault), LongestMessage).TrimEnd('.')}. It is one of the program, whatever " +
            "it was given.";
        try
        {
            var file = Path.Combine(Directory.CreateTempSubdirectory("tuner-fault-").FullName, "fault.txt");
            OwnFiles.Replace(file, $"{StartedAs.Command(Environment.GetCommandLineArgs()[1..])}\n{fault}\n");
            return $"{what} Please report it with {file}, which says where it happened.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A fault is told, also where nothing can be written.
            return $"{what} It happened in {Where(fault)}.";
        }
    }

    private static string Where(Exception fault) =>
        fault.StackTrace?.Split('\n')[0].Trim() is ['a', 't', ' ', .. var where] ? where : "code that it does not name";
}
