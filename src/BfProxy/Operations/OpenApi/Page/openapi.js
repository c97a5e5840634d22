// Shows the document beside it. Everything is set as text; nothing comes from elsewhere.
const methods = ["get", "post", "put", "patch", "delete"];

function element(name, text, ...children) {
  const node = document.createElement(name);
  if (text) node.textContent = text;
  node.append(...children);
  return node;
}

function withClass(node, name) {
  node.className = name;
  return node;
}

// What a schema says, in the short form in which one reads it: {"name": string, …}.
export function outline(schema, api, depth = 0) {
  if (!schema || depth > 6) return "…";
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1);
    return depth === 0 ? outline(api.components.schemas[name], api, depth) : name;
  }
  for (const choice of ["oneOf", "anyOf"]) {
    if (schema[choice]) return schema[choice].map((part) => outline(part, api, depth + 1)).join(" | ");
  }
  if (schema.allOf) return schema.allOf.map((part) => outline(part, api, depth + 1)).join(" & ");
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.type === "array") return `[${outline(schema.items, api, depth + 1)}]`;
  if (!schema.properties) return [schema.type ?? "any"].flat().join(" | ");
  const indent = "  ".repeat(depth + 1);
  const lines = Object.entries(schema.properties).map(([name, value]) => {
    const optional = schema.required?.includes(name) ? "" : "?";
    const words = value.description ? `   // ${value.description}` : "";
    return `${indent}${name}${optional}: ${outline(value, api, depth + 1)}${words}`;
  });
  return `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
}

function contentOf(holder, api) {
  const parts = [];
  for (const [type, content] of Object.entries(holder.content ?? {})) {
    parts.push(element("code", type), element("pre", outline(content.schema, api)));
    if (content.example) parts.push(element("p", "For example"), element("pre", JSON.stringify(content.example, null, 2)));
  }
  return parts;
}

function parametersOf(operation, shared) {
  return [...(shared ?? []), ...(operation.parameters ?? [])].map((parameter) =>
    element("li", "", element("code", parameter.name), ` (${parameter.in}${parameter.required ? ", required" : ""}) ${parameter.description ?? ""}`));
}

function responsesOf(operation, api) {
  return Object.entries(operation.responses).flatMap(([status, response]) => {
    const found = response.$ref ? api.components.responses[response.$ref.split("/").at(-1)] : response;
    const words = element("p", "", element("strong", status), ` ${found.description}`);
    return response.$ref ? [words] : [words, ...contentOf(found, api)];
  });
}

function section(path, method, operation, shared, api) {
  const head = element("summary", "", withClass(element("span", method.toUpperCase()), "method"), withClass(element("span", path), "path"), ` ${operation.summary}`);
  const inside = element("div");
  if (operation.description) inside.append(element("p", operation.description));
  const parameters = parametersOf(operation, shared);
  if (parameters.length > 0) inside.append(element("h3", "Parameters"), element("ul", "", ...parameters));
  if (operation.requestBody) inside.append(element("h3", "Body"), ...contentOf(operation.requestBody, api));
  inside.append(element("h3", "Answers"), ...responsesOf(operation, api));
  const details = element("details", "", head, inside);
  details.id = operation.operationId;
  return details;
}

function shape(name, api) {
  const words = api.components.schemas[name].description ?? "";
  const details = element("details", "", element("summary", "", element("code", name), ` ${words}`), element("div", "", element("pre", outline({ $ref: `#/components/schemas/${name}` }, api))));
  details.id = `shape-${name}`;
  return details;
}

function show(api) {
  document.getElementById("about").textContent = api.info.description;
  document.getElementById("version").textContent = `version ${api.info.version}`;
  const main = document.getElementById("operations");
  const contents = element("ul");
  for (const tag of api.tags) {
    main.append(element("h2", tag.name), element("p", tag.description ?? ""));
    for (const [path, item] of Object.entries(api.paths)) {
      for (const method of methods.filter((name) => item[name]?.tags.includes(tag.name))) {
        main.append(section(path, method, item[method], item.parameters, api));
        const link = element("a", path);
        link.href = `#${item[method].operationId}`;
        contents.append(element("li", "", link));
      }
    }
  }
  main.append(element("h2", "Shapes"), ...Object.keys(api.components.schemas).map((name) => shape(name, api)));
  document.getElementById("contents").append(contents);
  main.removeAttribute("aria-busy");
}

// An address may name an operation: it is then open.
function openNamed() {
  const named = document.getElementById(location.hash.slice(1));
  if (named instanceof HTMLDetailsElement) {
    named.open = true;
    named.scrollIntoView();
  }
}

addEventListener("hashchange", openNamed);
try {
  const answer = await fetch("v1.json");
  show(await answer.json());
  openNamed();
} catch (fault) {
  document.getElementById("operations").replaceChildren(withClass(element("p", `The document could not be read: ${fault.message}`), "fault"));
}
