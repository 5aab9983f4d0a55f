using Tuning.Checkpointing;

namespace Tuning.Tests.Checkpointing;

public sealed class ComponentTreeTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("tuner-tree-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private sealed class Node(string kind, params KeyValuePair<string, ICheckpointable>[] children) : ICheckpointable
    {
        public float[] Weights { get; set; } = [1, 2];

        public long Count { get; set; } = 3;

        public int Restores { get; private set; }

        public ComponentClass CheckpointClass => new(kind, ParameterSet.Empty.With("units", Weights.Length));

        public IReadOnlyList<KeyValuePair<string, ICheckpointable>> GetCheckpointableComponents() => children;

        public ComponentState CaptureState() => ComponentState.Empty with
        {
            Values = ParameterSet.Empty.With("count", Count),
            Tensors = ComponentState.Empty.With(new NamedTensor("weights", [Weights.Length], Weights)).Tensors,
        };

        public void ApplyState(ComponentState state)
        {
            Count = state.Value<long>("count");
            state.RequireTensors("weights");
            state.Tensor("weights").As<float>(Weights.Length).CopyTo(Weights);
        }

        public void OnRestored() => Restores++;
    }

    private static KeyValuePair<string, ICheckpointable> Part(string name, Node node) => new(name, node);

    private sealed record Tree(Node Root, Node Learner, Node Left, Node Right)
    {
        public static Tree New(float fill)
        {
            Node left = new("leaf") { Weights = [fill, fill], Count = (long)fill };
            Node right = new("leaf") { Weights = [-fill, -fill], Count = (long)-fill };
            Node learner = new("learner", Part("module/left", left), Part("module/right", right)) { Count = (long)fill };
            return new(new("root", Part("learner", learner)) { Count = (long)fill }, learner, left, right);
        }
    }

    private string Save(Tree tree) => tree.Root.SaveToPath(Path.Combine(_root, "c"));

    [Fact]
    public void RestoreFromPath_brings_back_the_whole_tree()
    {
        var path = Save(Tree.New(5));
        var tree = Tree.New(1);

        tree.Root.RestoreFromPath(path);

        Assert.Equal(Tree.New(5).Root.GetState().Components["learner"].Components["module/left"].Tensors["weights"].Floats, tree.Left.Weights);
        Assert.Equal((5L, 5L, 5L, -5L), (tree.Root.Count, tree.Learner.Count, tree.Left.Count, tree.Right.Count));
        Assert.Equal(1, tree.Root.Restores);
    }

    [Fact]
    public void SaveToPath_without_a_directory_makes_one()
    {
        var path = Tree.New(5).Root.SaveToPath();

        Assert.All(["manifest.json", "learner/manifest.json", "learner/module/left/manifest.json"], f => Assert.True(File.Exists(Path.Combine(path, f)), f));
        Directory.Delete(path, recursive: true);
    }

    [Theory]
    [InlineData("learner/module/left")]
    [InlineData("")]
    public void Restoring_a_part_changes_that_part_only(string below)
    {
        var path = Path.Combine(Save(Tree.New(5)), below);
        var tree = Tree.New(1);

        tree.Root.RestoreFromPath(path, "learner/module/left");

        Assert.Equal((1L, 1L, 5L, -1L), (tree.Root.Count, tree.Learner.Count, tree.Left.Count, tree.Right.Count));
        Assert.Equal(1, tree.Root.Restores);
    }

    [Fact]
    public void A_branch_moves_into_another_component_of_its_class()
    {
        var path = Save(Tree.New(5));
        var tree = Tree.New(1);

        tree.Root.RestoreFromPath(Path.Combine(path, "learner/module/left"), "learner/module/right");

        Assert.Equal([5f, 5f], tree.Right.Weights);
        Assert.Equal([1f, 1f], tree.Left.Weights);
    }

    [Fact]
    public void An_unknown_component_lists_what_exists()
    {
        var path = Save(Tree.New(5));

        var e = Assert.Throws<CheckpointException>(() => Tree.New(1).Root.RestoreFromPath(path, "learner/modul"));
        Assert.Contains("no component 'learner/modul'", e.Message, StringComparison.Ordinal);
        Assert.Contains("learner/module/left, learner/module/right", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_class_is_refused()
    {
        var path = Save(Tree.New(5));

        var e = Assert.Throws<CheckpointException>(() => Tree.New(1).Root.RestoreFromPath(Path.Combine(path, "learner")));
        Assert.Contains("checkpoint of 'learner'; this object is 'root'. Its component 'learner' is one", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_shape_names_tensor_and_shapes_and_changes_nothing()
    {
        var other = Tree.New(5);
        other.Right.Weights = [1, 2, 3];
        var path = Save(other);
        var tree = Tree.New(1);

        var e = Assert.Throws<CheckpointException>(() => tree.Root.RestoreFromPath(path));
        Assert.Equal($"{Path.Combine(path, "learner/module/right")} does not fit: The tensor 'weights' has shape [3] in the checkpoint; here it has [2]. It " +
            $"was made with units 3, here 2.", e.Message);
        Assert.Equal((1L, 1L, 1L, -1L), (tree.Root.Count, tree.Learner.Count, tree.Left.Count, tree.Right.Count));
        Assert.Equal([1f, 1f], tree.Left.Weights);
    }

    [Fact]
    public void A_missing_component_is_an_error_unless_it_is_named()
    {
        var path = new Node("root").SaveToPath(Path.Combine(_root, "c"));
        var tree = Tree.New(1);

        Assert.Contains("has no component 'learner'", Assert.Throws<CheckpointException>(() => tree.Root.RestoreFromPath(path)).Message,
            StringComparison.Ordinal);
        tree.Root.RestoreFromPath(path, notComponents: ["learner"]);
        Assert.Equal((3L, 1L), (tree.Root.Count, tree.Learner.Count));
    }

    [Fact]
    public void A_component_too_many_is_an_error_unless_it_is_named()
    {
        var path = Save(Tree.New(5));
        Node alone = new("root");

        Assert.Contains("'learner' that does not exist here", Assert.Throws<CheckpointException>(() => alone.RestoreFromPath(path)).Message,
            StringComparison.Ordinal);
        alone.RestoreFromPath(path, notComponents: ["learner"]);
        Assert.Equal(5, alone.Count);
    }

    [Fact]
    public void GetState_of_some_parts_changes_only_these_when_set()
    {
        var state = Tree.New(5).Root.GetState(components: ["learner"], notComponents: ["learner/module/right"]);
        var tree = Tree.New(1);

        tree.Root.SetState(state);

        Assert.Equal((1L, 5L, 5L, -1L), (tree.Root.Count, tree.Learner.Count, tree.Left.Count, tree.Right.Count));
    }

    [Fact]
    public void A_damaged_state_is_a_message_and_changes_nothing()
    {
        var path = Save(Tree.New(5));
        Directory.Delete(Path.Combine(path, "learner/module/right"), recursive: true);
        CheckpointStore.Write(Path.Combine(path, "learner/module/right"), d =>
        {
            d.WriteJson("class_and_ctor_args.json", new { @class = "leaf", args = new { } });
            File.WriteAllText(d.File("state.json"), "{\"count\": \"many\"}");
        });
        var tree = Tree.New(1);

        Assert.Contains("'count'", Assert.Throws<CheckpointException>(() => tree.Root.RestoreFromPath(path)).Message, StringComparison.Ordinal);
        Assert.Equal(1, tree.Left.Count);
    }

    [Fact]
    public void Component_in_the_manifest_is_held_by_its_digest()
    {
        var path = Save(Tree.New(5));
        var manifest = Path.Combine(path, "learner", "manifest.json");
        var text = File.ReadAllText(manifest);
        Assert.Contains("\"count\":5", text, StringComparison.Ordinal);
        File.WriteAllText(manifest, text.Replace("\"count\":5", "\"count\":6", StringComparison.Ordinal));

        var message = Assert.Throws<CheckpointException>(() => Tree.New(1).Root.RestoreFromPath(path)).Message;

        Assert.Contains("the SHA-256 of its component is", message, StringComparison.Ordinal);
    }
}
