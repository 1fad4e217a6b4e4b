using System.Text.Json.Nodes;
using Gatehouse.Control.Api;

namespace Gatehouse.Control.Tests.Api;

/// <summary>The routes as they are told to programs and to people.</summary>
public sealed class ApiReferenceTests
{
    [Fact]
    public void The_page_has_exactly_one_row_per_route()
    {
        var rows = File.ReadAllLines(Path.Combine(Root(), "docs", "reference", "api.md")).Where(static line => line.StartsWith("| `", StringComparison.Ordinal)
            && line.Contains("` `/api/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        rows.ShouldBe(ApiRoutes.All.Select(Row).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_route_is_in_the_document_with_its_places_its_body_and_its_answer()
    {
        var document = OpenApiDocument.Of(ApiRoutes.All);
        document["openapi"]!.GetValue<string>().ShouldBe("3.1.0");
        foreach (var route in ApiRoutes.All)
        {
            var operation = document["paths"]![route.Pattern]?[route.Method.ToLowerInvariant()].ShouldNotBeNull($"{route.Method} {route.Pattern}");
            var parameters = operation!["parameters"]!.AsArray().Select(static one => one!["name"]!.GetValue<string>());
            parameters.ShouldBe([.. route.Places, .. route.Query]);
            (operation["requestBody"] is not null).ShouldBe(route.Body is not null);
            operation["responses"]![$"{route.Status}"].ShouldNotBeNull();
            operation["security"]!.AsArray().Count.ShouldBe(route.Who == Opens.Everyone ? 0 : 1);
        }

        document["paths"]!.AsObject().Sum(static path => path.Value!.AsObject().Count).ShouldBe(ApiRoutes.All.Length);
    }

    [Fact]
    public void Every_reference_in_the_document_leads_to_a_schema_of_its_type()
    {
        var document = OpenApiDocument.Of(ApiRoutes.All);
        var schemas = document["components"]!["schemas"]!.AsObject();
        foreach (var target in References(document).Where(static one => one.StartsWith("#/components/", StringComparison.Ordinal)))
            schemas.ContainsKey(target.Split('/')[^1]).ShouldBeTrue(target);
        var given = schemas["CredentialGiven"]!;
        given["required"]!.AsArray().Select(static one => one!.GetValue<string>()).ShouldBe(["secret", "name", "kind"], ignoreOrder: true);
        given["additionalProperties"]!.GetValue<bool>().ShouldBeFalse();
        schemas["ListOfUserData"]!["properties"]!["items"]!["items"]!["properties"]!.AsObject().Select(static one => one.Key)
            .ShouldBe(["id", "name", "role", "providerMode", "createdAt", "disabledAt"]);
    }

    private static string Row(ApiRoute route) => $"| `{route.Method}` `{route.Pattern}` | {OpenApiDocument.Words(route.Who)} | {route.Summary} |";

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject one => one.SelectMany(static member => member.Key == "$ref" ? [member.Value!.GetValue<string>()] : References(member.Value)),
        JsonArray several => several.SelectMany(References),
        _ => [],
    };

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Gatehouse.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }
}
