namespace Tuning.Specification;

/// <summary>The components of this library, by name.</summary>
internal static class BuiltInComponents
{
    public static void AddTo(ComponentCatalog catalog)
    {
        catalog.HookActions.Add<RestoreFromPathOptions>("restore_from_path");
    }
}
