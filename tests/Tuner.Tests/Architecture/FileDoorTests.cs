using System.Text.RegularExpressions;

namespace Tuning.Tests.Architecture;

/// <summary>Files of an experiment are written, moved and deleted through one door, which follows no link.</summary>
public sealed partial class FileDoorTests
{
    // Where the file system is called all the same, and why no link can be followed there.
    private static readonly Dictionary<string, string> _allowed = new()
    {
        ["src/Tuner/Checkpointing/OwnFiles.cs"] = "the door",
        ["src/Tuner/Checkpointing/CheckpointDirectory.cs"] = "inside a checkpoint that is being written, in a new directory",
        ["src/Tuner/Checkpointing/CheckpointManifest.cs"] = "inside a checkpoint that is being written; reads files that were looked at",
        ["src/Tuner/Checkpointing/CheckpointStore.cs"] = "makes and renames directories at places that were cleared",
        ["src/Tuner/Checkpointing/ComponentFiles.cs"] = "inside a checkpoint that is being written",
        ["src/Tuner/Running/JournalKeeper.cs"] = "renames a directory that was looked at, to delete it",
        ["src/Tuner/Experiments/ExperimentDirectories.cs"] = "makes the experiment's directory, and reads",
        ["src/Tuner/Results/ResultGrid.Tables.cs"] = "a file that a user names",
        ["src/Programs/ProgramRun.cs"] = "copies files that were looked at into a checkpoint that is being written",
        ["src/Programs/Supervisor.cs"] = "a new file in a directory of one run alone",
        ["src/Gymnasium/WorkerDirectory.cs"] = "a directory of one worker alone, in shared memory",
        ["src/Torch/Native/BridgeCache.cs"] = "makes a directory for caches, and looks whose it is",
        ["src/Trainables/Algorithms/Algorithm.cs"] = "inside a checkpoint that is being written",
        ["src/Trainables/Policies/Policy.Checkpoint.cs"] = "inside a checkpoint that is being written",
        ["src/Trainables/Policies/PolicyExport.cs"] = "a file that a user names",
    };

    [Fact]
    public void Files_are_written_moved_and_deleted_through_one_door()
    {
        var found = SourceTree.Files("src").Where(f => Writes().IsMatch(SourceTree.Code(f))).Select(SourceTree.Relative).ToList();

        Assert.Empty(found.Where(f => !_allowed.ContainsKey(f))
            .Select(f => $"{f} writes, moves or deletes a file: use {nameof(Tuning.Checkpointing.OwnFiles)}"));
        Assert.Empty(_allowed.Keys.Except(found));
    }

    [GeneratedRegex(@"\bFile\.(?:Write|Append|Create|Open|Move|Copy|Delete|Replace)(?!Read|Text)\w*\(|\bnew " +
        @"(?:FileStream|StreamWriter)\b|\bDirectory\.(?:CreateDirectory|CreateSymbolicLink|Move|Delete)\(")]
    private static partial Regex Writes();
}
